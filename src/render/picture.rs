//! The pictures that are shown where a page is shared: number, title, theme and amount, and whose site it is.
//!
//! In: the site and a page. Out: PNG files. Letters come from a font inside the program, so no machine draws them
//! differently; a letter that the font does not have shows as an empty box.

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};
use rayon::prelude::*;

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
    jobs.par_iter()
        .with_max_len(4)
        .map(|(page, locale)| File { path: path(site, *page, *locale), bytes: draw(&words(*page, *locale), &regular, &bold) })
        .collect()
}

fn draw(words: &Words, regular: &FontRef<'_>, bold: &FontRef<'_>) -> Vec<u8> {
    let mut canvas = Canvas { pairs: vec![0; WIDTH / 2 * HEIGHT] };
    canvas.pairs[BAND * WIDTH / 2..].fill(STEPS as u8 * 0x11);
    let room = WIDTH as f32 - 2.0 * MARGIN;
    let above = lines(&words.above, regular, 34.0, room);
    canvas.line(above.first().map_or("", String::as_str), regular, 34.0, 112.0);
    // The largest size at which the title has its place; one that never has loses its end.
    let fits = |size: f32| (lines(&words.title, bold, size, room), size);
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
    let site = lines(&words.site, regular, 32.0, room);
    canvas.line(site.first().map_or("", String::as_str), regular, 32.0, foot);
    canvas.png()
}

/// A text in lines that are not wider than the room.
fn lines(text: &str, font: &FontRef<'_>, size: f32, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let width = |text: &str| glyphs(text, font, size).1;
    // A no-break space holds what it joins together.
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}")) <= room => line.extend([" ", word]),
            _ => {
                let mut rest = String::new();
                for letter in word.chars() {
                    rest.push(letter);
                    if width(&rest) > room {
                        rest.pop();
                        lines.push(std::mem::replace(&mut rest, letter.to_string()));
                    }
                }
                lines.push(rest);
            }
        }
    }
    lines
}

/// The letters of a line beside each other from its left end, and how wide they are.
fn glyphs(text: &str, font: &FontRef<'_>, size: f32) -> (Vec<Glyph>, f32) {
    let scaled = font.as_scaled(PxScale::from(size * font.height_unscaled() / font.units_per_em().unwrap_or(1000.0)));
    let (mut glyphs, mut x) = (Vec::new(), 0.0);
    let mut before = None;
    for letter in text.chars().filter(|letter| !letter.is_control()) {
        let id = scaled.glyph_id(letter);
        x += before.map_or(0.0, |before| scaled.kern(before, id));
        glyphs.push(id.with_scale_and_position(scaled.scale(), point(x, 0.0)));
        x += scaled.h_advance(id);
        before = Some(id);
    }
    (glyphs, x)
}

/// Points of a palette of sixteen, two to a byte: how much of the letters' colour is in each, above and in the band. Drawn
/// straight into what is packed, a picture costs half.
struct Canvas {
    pairs: Vec<u8>,
}

impl Canvas {
    fn line(&mut self, text: &str, font: &FontRef<'_>, size: f32, baseline: f32) {
        for glyph in glyphs(text, font, size).0 {
            let Some(outline) = font.outline_glyph(glyph) else { continue };
            let corner = outline.px_bounds().min + point(MARGIN, baseline);
            // Whole points, as the corner of what a letter covers; the margin holds what stands left of where it begins.
            let (left, top) = (corner.x as usize, corner.y as usize);
            outline.draw(|x, y, coverage| {
                let ink = (coverage.clamp(0.0, 1.0) * (STEPS - 1) as f32 + 0.5) as u8;
                let (x, y) = (left + x as usize, top + y as usize);
                if ink > 0 && x < WIDTH && y < HEIGHT {
                    let pair = &mut self.pairs[(y * WIDTH + x) / 2];
                    let shift = if x % 2 == 0 { 4 } else { 0 };
                    let point = *pair >> shift & 0xf;
                    let inked = point.max(point / STEPS as u8 * STEPS as u8 + ink);
                    *pair ^= (point ^ inked) << shift;
                }
            });
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
