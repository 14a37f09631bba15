//! Lengths and places of what is drawn: bars, shares of a whole, and the flow from advice to money.
//!
//! In: exact decimals. Out: coordinates in the drawing's own unit, as text with at most one decimal. Knows no words, no
//! colours and no markup; templates write the drawing. What has no amount has no bar: it is never drawn as nought.

use rust_decimal::Decimal;
use serde::Serialize;

/// A part of a whole that is 100 wide.
#[derive(Serialize)]
pub struct Part<K> {
    pub kind: K,
    pub count: usize,
    pub x: String,
    pub width: String,
}

/// The parts of a whole, side by side; those of nought have no width.
pub fn parts<K>(counts: Vec<(K, usize)>) -> Vec<Part<K>> {
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    let mut before = 0;
    let part = |(kind, count)| {
        let (x, width) = (share(Decimal::from(before), total.into()), share(Decimal::from(count), total.into()));
        before += count;
        Part { kind, count, x: length(x), width: length(width) }
    };
    counts.into_iter().map(part).collect()
}

/// How many hundredths of the most an amount is; nought below nought, and where there is nothing to compare with.
pub fn share(amount: Decimal, most: Decimal) -> Decimal {
    if most <= Decimal::ZERO { Decimal::ZERO } else { (amount.max(Decimal::ZERO) * Decimal::ONE_HUNDRED / most).round_dp(1) }
}

/// A length as it stands in a drawing.
pub fn length(length: Decimal) -> String {
    length.round_dp(1).normalize().to_string()
}

/// A bar of a panel, standing on its base line.
#[derive(Serialize)]
pub struct Bar {
    pub x: String,
    pub y: String,
    pub width: String,
    pub height: String,
    /// Where its words stand: the middle.
    pub middle: String,
}

/// Width of a panel, its base line, and the height of the highest bar.
pub const PANEL: (i64, i64, i64) = (200, 92, 72);

/// The bars of a panel; a place without a bar where there is no amount.
pub fn panel(amounts: &[Option<Decimal>], most: Decimal) -> Vec<(Option<Bar>, String)> {
    let (width, base, highest) = PANEL;
    let step = Decimal::from(width) / Decimal::from(amounts.len().max(1));
    let bar = |(at, amount): (usize, &Option<Decimal>)| {
        let x = step * (Decimal::from(at) + Decimal::new(15, 2));
        let middle = length(step * (Decimal::from(at) + Decimal::new(5, 1)));
        let bar = amount.map(|amount| {
            let height = (share(amount, most) * Decimal::from(highest) / Decimal::ONE_HUNDRED).round_dp(1);
            let y = Decimal::from(base) - height;
            Bar { x: length(x), y: length(y), width: length(step * Decimal::new(7, 1)), height: length(height), middle: middle.clone() }
        });
        (bar, middle)
    };
    amounts.iter().enumerate().map(bar).collect()
}

/// A node of a flow: a bar with a label beside it.
#[derive(Serialize, Clone)]
pub struct Node {
    pub y: String,
    pub height: String,
    /// The base line of its label.
    pub label: String,
}

/// A band of a flow.
#[derive(Serialize)]
pub struct Band {
    pub path: String,
    pub width: String,
}

/// Where everything of a flow stands.
#[derive(Serialize)]
pub struct Flow {
    pub width: i64,
    pub height: String,
    pub left: Vec<Node>,
    pub middle: Vec<Node>,
    pub right: Vec<Node>,
    /// From the left to the middle: a line for each link, all equally wide.
    pub links: Vec<Band>,
    /// From the middle to the right: as wide as the amount.
    pub money: Vec<Band>,
}

/// The columns of a flow: left and right edge of the nodes of each.
pub const COLUMNS: [(i64, i64); 3] = [(290, 298), (530, 538), (720, 728)];
/// The width of a flow, with room for labels on both sides.
pub const WIDTH: i64 = 1000;
const LINK: i64 = 4;
const ROW: i64 = 18;
const GAP: i64 = 6;
const TALL: i64 = 420;

/// Lays a flow out.
///
/// `links` are pairs of a place on the left and one in the middle; `money` has the amount of each in the middle and its
/// place on the right. Both sides come in the order in which they are drawn. What is taken away has no width.
pub fn flow(left: usize, links: &[(usize, usize)], money: &[(Option<Decimal>, usize)], right: usize) -> Flow {
    let money: Vec<(Option<Decimal>, usize)> = money.iter().map(|(amount, theme)| (amount.filter(|amount| *amount > Decimal::ZERO), *theme)).collect();
    let total: Decimal = money.iter().filter_map(|(amount, _)| *amount).sum();
    let scale = |amount: Decimal| share(amount, total) * Decimal::from(TALL) / Decimal::ONE_HUNDRED;
    let degree = |at: usize, side: fn(&(usize, usize)) -> usize| Decimal::from(links.iter().filter(|link| side(link) == at).count()) * Decimal::from(LINK);
    let sizes = [
        (0..left).map(|at| degree(at, |link| link.0)).collect::<Vec<_>>(),
        money.iter().enumerate().map(|(at, (amount, _))| degree(at, |link| link.1).max(scale(amount.unwrap_or_default()))).collect(),
        (0..right).map(|at| scale(money.iter().filter(|(_, theme)| *theme == at).filter_map(|(amount, _)| *amount).sum())).collect(),
    ];
    let row = |size: &Decimal| (*size).max(Decimal::from(ROW));
    let heights = sizes.each_ref().map(|column| column.iter().map(|size| row(size) + Decimal::from(GAP)).sum::<Decimal>());
    let height = heights.iter().copied().max().unwrap_or_default();
    // Every column is as tall as the tallest: what is left is shared out between the nodes.
    let tops = [0, 1, 2].map(|column: usize| {
        let spare = (height - heights[column]) / Decimal::from(sizes[column].len().max(1));
        let mut y = Decimal::ZERO;
        let top = |size: &Decimal| {
            let top = y + spare / Decimal::TWO + (row(size) - size) / Decimal::TWO;
            y += row(size) + Decimal::from(GAP) + spare;
            top
        };
        sizes[column].iter().map(top).collect::<Vec<_>>()
    });
    let nodes = |column: usize| {
        let node = |(top, size): (&Decimal, &Decimal)| Node {
            y: length(*top),
            height: length((*size).max(Decimal::TWO)),
            label: length(*top + *size / Decimal::TWO + Decimal::from(4)),
        };
        tops[column].iter().zip(&sizes[column]).map(node).collect::<Vec<_>>()
    };
    let curve = |from: usize, y1: Decimal, y2: Decimal, width: Decimal| {
        let (x1, x2) = (COLUMNS[from].1, COLUMNS[from + 1].0);
        let middle = (x1 + x2) / 2;
        Band { path: format!("M{x1} {a}C{middle} {a} {middle} {b} {x2} {b}", a = length(y1), b = length(y2)), width: length(width) }
    };
    let (mut used_left, mut used_middle, mut used_right) = (vec![Decimal::ZERO; left], vec![Decimal::ZERO; money.len()], vec![Decimal::ZERO; right]);
    let half = Decimal::from(LINK) / Decimal::TWO;
    let links_drawn = links.iter().map(|&(from, to)| {
        let inset = (sizes[1][to] - degree(to, |link| link.1)) / Decimal::TWO;
        let band = curve(0, tops[0][from] + used_left[from] + half, tops[1][to] + inset + used_middle[to] + half, Decimal::from(LINK - 2));
        used_left[from] += Decimal::from(LINK);
        used_middle[to] += Decimal::from(LINK);
        band
    });
    let links_drawn: Vec<Band> = links_drawn.collect();
    let bands = money.iter().enumerate().filter_map(|(at, &(amount, theme))| {
        let width = scale(amount?);
        let band = curve(1, tops[1][at] + sizes[1][at] / Decimal::TWO, tops[2][theme] + used_right[theme] + width / Decimal::TWO, width);
        used_right[theme] += width;
        Some(band)
    });
    Flow { width: WIDTH, height: length(height), money: bands.collect(), links: links_drawn, left: nodes(0), middle: nodes(1), right: nodes(2) }
}
