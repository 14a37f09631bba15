//! The pictures that are shown where a page is shared: number, title, theme and amount, and whose site it is.
//!
//! In: the site and a page. Out: PNG files. Letters come from a font inside the program, so no machine draws them
//! differently; a letter that the font does not have shows as an empty box.

use ab_glyph::{Font, FontRef, GlyphId, PxScale, PxScaleFont, ScaleFont, point};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::check::InitiativeId;
use crate::locale::Locale;
use crate::model::{Page, Site};
use crate::source::File;

const WIDTH: usize = 1200;
const HEIGHT: usize = 630;
/// Where the band at the foot begins.
const BAND: usize = 486;
const MARGIN: f32 = 72.0;
/// Steps between the colour of the ground and that of the letters.
const STEPS: usize = 8;
/// Ground and letters, above and in the band.
const COLOURS: [[[u8; 3]; 2]; 2] = [[[0xfd, 0xfc, 0xfa], [0x1b, 0x21, 0x24]], [[0x0b, 0x4f, 0x4a], [0xff, 0xff, 0xff]]];

/// The path of the picture of a page: an initiative's own, or that of the site.
pub fn path(site: &Site<'_>, page: Page, locale: Locale) -> String {
    let name = match page {
        Page::Initiative(id) => site.graph.initiatives[id.0].initiative.id.as_str(),
        _ => "site",
    };
    format!("share/{}/{name}.png", site.graph.content.languages.code(locale))
}

/// What is written on a picture.
pub struct Words {
    /// In a line of its own above the title.
    pub above: String,
    /// The title.
    pub title: String,
    /// Large, at the foot.
    pub amount: Option<String>,
    /// Whose picture it is.
    pub site: String,
}

/// All pictures; `words` says what is written on that of a page.
pub fn files(site: &Site<'_>, words: impl Fn(Page, Locale) -> Words + Sync) -> Vec<File> {
    let initiatives = (0..site.graph.initiatives.len()).map(|at| Page::Initiative(InitiativeId(at)));
    let pages = initiatives.chain([Page::Home]);
    let jobs: Vec<(Page, Locale)> = pages.flat_map(|page| site.graph.content.languages.iter().map(move |locale| (page, locale))).collect();
    let (Ok(regular), Ok(bold)) = (FontRef::try_from_slice(notosans::REGULAR_TTF), FontRef::try_from_slice(notosans::BOLD_TTF)) else {
        return Vec::new();
    };
    // Many in a row, so that the letters of some serve the others: on two processors, eight at a time cost a tenth of a build.
    let many = (jobs.len() / (2 * rayon::current_num_threads())).max(8);
    jobs.par_iter()
        .with_min_len(many)
        .map_init(
            || (Canvas { pairs: vec![0; WIDTH / 2 * HEIGHT] }, Letters::of(&regular), Letters::of(&bold)),
            |(canvas, regular, bold), (page, locale)| File { path: path(site, *page, *locale), bytes: draw(&words(*page, *locale), canvas, regular, bold) },
        )
        .collect()
}

fn draw(words: &Words, canvas: &mut Canvas, regular: &mut Letters<'_>, bold: &mut Letters<'_>) -> Vec<u8> {
    canvas.pairs[..BAND * WIDTH / 2].fill(ground(0));
    canvas.pairs[BAND * WIDTH / 2..].fill(ground(BAND));
    let room = WIDTH as f32 - 2.0 * MARGIN;
    let above = lines(&words.above, regular.font, 34.0, room);
    canvas.line(above.first().map_or("", String::as_str), regular, 34.0, 112.0);
    // The largest size at which the title has its place; one that never has loses its end.
    let fits = |size: f32| (lines(&words.title, bold.font, size, room), size);
    let most = |size: f32| (310.0 / (size * 1.22)) as usize;
    let (title, size) = [64.0, 54.0, 46.0, 38.0].map(fits).into_iter().find(|(lines, size)| lines.len() <= most(*size)).unwrap_or_else(|| {
        let (mut all, size) = fits(38.0);
        all.truncate(most(size));
        all.iter_mut().last().into_iter().for_each(|last| last.push('…'));
        (all, size)
    });
    for (at, line) in title.iter().enumerate() {
        canvas.line(line, bold, size, 142.0 + size + at as f32 * size * 1.22);
    }
    let mut foot = BAND as f32 + 82.0;
    if let Some(amount) = &words.amount {
        canvas.line(amount, bold, 48.0, BAND as f32 + 68.0);
        foot = BAND as f32 + 116.0;
    }
    let site = lines(&words.site, regular.font, 32.0, room);
    canvas.line(site.first().map_or("", String::as_str), regular, 32.0, foot);
    canvas.png()
}

/// A text in lines that are not wider than the room.
fn lines(text: &str, font: &FontRef<'_>, size: f32, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let empty = Row::of(font, size);
    let mut row = empty.clone();
    // A no-break space holds what it joins together.
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        let mut longer = row.clone();
        longer.extend(" ".chars().chain(word.chars()));
        match lines.last_mut() {
            Some(line) if longer.width <= room => {
                line.extend([" ", word]);
                row = longer;
            }
            _ => {
                let mut rest = String::new();
                row = empty.clone();
                for letter in word.chars() {
                    let before = row.clone();
                    row.extend([letter]);
                    if row.width > room && before.width > 0.0 {
                        lines.push(std::mem::take(&mut rest));
                        row = empty.clone();
                        row.extend([letter]);
                    }
                    rest.push(letter);
                }
                lines.push(rest);
            }
        }
    }
    lines
}

/// Letters beside each other.
#[derive(Clone)]
struct Row<'f> {
    font: PxScaleFont<&'f FontRef<'f>>,
    width: f32,
    before: Option<GlyphId>,
}

impl<'f> Row<'f> {
    /// None yet.
    fn of(font: &'f FontRef<'f>, size: f32) -> Row<'f> {
        Row { font: font.as_scaled(scale(font, size)), width: 0.0, before: None }
    }

    /// Puts a letter at the end, and says how far from the beginning it stands.
    fn put(&mut self, letter: char) -> (GlyphId, f32) {
        let id = self.font.glyph_id(letter);
        let begin = self.width + self.before.map_or(0.0, |before| self.font.kern(before, id));
        self.width = begin + self.font.h_advance(id);
        self.before = Some(id);
        (id, begin)
    }

    fn extend(&mut self, letters: impl IntoIterator<Item = char>) {
        for letter in letters.into_iter().filter(|letter| !letter.is_control()) {
            self.put(letter);
        }
    }
}

fn scale(font: &FontRef<'_>, size: f32) -> PxScale {
    PxScale::from(size * font.height_unscaled() / font.units_per_em().unwrap_or(1000.0))
}

/// Places on a pair of points at which a letter can begin.
const PARTS: f32 = 8.0;

/// The letters of a font that were drawn so far. Drawing each again wherever it stood took half of the time of all pictures and more.
struct Letters<'f> {
    font: &'f FontRef<'f>,
    /// By letter, its size, bit by bit, and the part of a pair at which it begins.
    drawn: FxHashMap<(GlyphId, u32, u8), Letter>,
}

/// How much of its colour a letter leaves on a rectangle.
#[derive(Default)]
struct Letter {
    /// Where the rectangle begins: pairs from the one in which the letter begins, and rows from the line it stands on.
    left: i32,
    top: i32,
    /// Pairs in a row.
    width: usize,
    pairs: Vec<u8>,
}

impl<'f> Letters<'f> {
    fn of(font: &'f FontRef<'f>) -> Letters<'f> {
        Letters { font, drawn: FxHashMap::default() }
    }

    fn letter(&mut self, id: GlyphId, size: f32, part: u8) -> &Letter {
        let font = self.font;
        self.drawn.entry((id, size.to_bits(), part)).or_insert_with(|| {
            let glyph = id.with_scale_and_position(scale(font, size), point(f32::from(part) * 2.0 / PARTS, 0.0));
            let Some(outline) = font.outline_glyph(glyph) else { return Letter::default() };
            let bounds = outline.px_bounds();
            let left = bounds.min.x as i32;
            let odd = left.rem_euclid(2) as usize;
            let width = (odd + bounds.width() as usize).div_ceil(2);
            let mut pairs = vec![0; width * bounds.height() as usize];
            outline.draw(|x, y, coverage| {
                let x = odd + x as usize;
                if let Some(pair) = pairs.get_mut(y as usize * width + x / 2) {
                    let ink = (coverage.clamp(0.0, 1.0) * (STEPS - 1) as f32 + 0.5) as u8;
                    *pair |= if x.is_multiple_of(2) { ink << 4 } else { ink };
                }
            });
            Letter { left: left.div_euclid(2), top: bounds.min.y as i32, width, pairs }
        })
    }
}

/// Points of a palette of sixteen, two to a byte as they are written: how much of the letters' colour is in each, above and in the band.
struct Canvas {
    pairs: Vec<u8>,
}

// The ground is a bit of its own above the ink, and no pair is in two rows.
const _: () = assert!(STEPS == 8 && WIDTH.is_multiple_of(2));

/// A pair in a row of the canvas that no letter covers.
fn ground(y: usize) -> u8 {
    if y < BAND { 0 } else { STEPS as u8 * 0x11 }
}

impl Canvas {
    fn line(&mut self, text: &str, letters: &mut Letters<'_>, size: f32, baseline: f32) {
        let mut row = Row::of(letters.font, size);
        for sign in text.chars().filter(|sign| !sign.is_control()) {
            let (id, begin) = row.put(sign);
            let pair = (MARGIN + begin) / 2.0;
            let letter = letters.letter(id, size, (pair.fract() * PARTS) as u8);
            // The margin holds what stands left of where a letter begins.
            let (left, top) = (pair as i32 + letter.left, baseline as i32 + letter.top);
            let (Ok(left), Ok(top)) = (usize::try_from(left), usize::try_from(top)) else { continue };
            for (inks, y) in letter.pairs.chunks(letter.width.max(1)).zip(top..HEIGHT) {
                let pairs = &mut self.pairs[y * WIDTH / 2..][..WIDTH / 2];
                for (pair, ink) in pairs.iter_mut().skip(left).zip(inks) {
                    let ink = ink | ground(y);
                    *pair = (*pair & 0xf0).max(ink & 0xf0) | (*pair & 0xf).max(ink & 0xf);
                }
            }
        }
    }

    fn png(&self) -> Vec<u8> {
        let mix = |from: u8, to: u8, step: usize| (usize::from(from) + (usize::from(to) * step) / (STEPS - 1) - usize::from(from) * step / (STEPS - 1)) as u8;
        let palette: Vec<u8> =
            COLOURS.iter().flat_map(|[ground, ink]| (0..STEPS).flat_map(move |step| (0..3).map(move |part| mix(ground[part], ink[part], step)))).collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, WIDTH as u32, HEIGHT as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Four);
        encoder.set_palette(palette);
        // In a tenth of the time, a third larger.
        encoder.set_compression(png::Compression::Fast);
        encoder.set_filter(png::Filter::Up);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&self.pairs));
        written.expect("memory takes every picture, and this one has the size it says");
        bytes
    }
}
