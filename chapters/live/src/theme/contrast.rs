//! Contrast, as WCAG 2.2 defines it: <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>.

use ratatui::style::Color;

/// The least that people with weak eyes can read.
const LEAST: f64 = 4.5;

/// Red, green, blue.
type Rgb = [u8; 3];

/// The first 16 of the 256, as xterm has them. Other terminals have others; so we send none of them.
const ANSI: [Rgb; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

/// The steps of the cube of 6×6×6 colours, 16 to 231.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

fn rgb(color: Color) -> Rgb {
    match color {
        Color::Rgb(red, green, blue) => [red, green, blue],
        Color::Indexed(index @ 0..16) => ANSI[usize::from(index)],
        Color::Indexed(index @ 16..232) => {
            let cube = index - 16;
            [cube / 36, cube / 6 % 6, cube % 6].map(|step| STEPS[usize::from(step)])
        }
        Color::Indexed(index) => [8 + 10 * (index - 232); 3],
        _ => [0; 3],
    }
}

/// The nearest colour of the cube. Every terminal has the same there.
fn in_the_cube(color: Rgb) -> Color {
    let nearest =
        |value: u8| (0..6).min_by_key(|step| STEPS[usize::from(*step)].abs_diff(value)).unwrap_or(0);
    let [red, green, blue] = color.map(nearest);
    Color::Indexed(16 + 36 * red + 6 * green + blue)
}

/// From 1, the same, to 21, black on white.
pub fn between(one: Color, other: Color) -> f64 {
    let (one, other) = (luminance(rgb(one)), luminance(rgb(other)));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(color: Rgb) -> f64 {
    let [red, green, blue] = color.map(|value| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// The same two, with letters so much nearer to black or white that they can be read.
pub fn readable(letters: Color, ground: Color) -> (Color, Color) {
    let fixed = |color| match color {
        Color::Indexed(16..) => color,
        _ => in_the_cube(rgb(color)),
    };
    let (letters, ground) = (fixed(letters), fixed(ground));
    let end =
        if between(Color::Indexed(16), ground) > between(Color::Indexed(231), ground) { 0 } else { 255 };
    let toward = |part: u16| {
        let mix = |value: u8| (u16::from(value) * (8 - part) + end * part) / 8;
        in_the_cube(rgb(letters).map(|value| u8::try_from(mix(value)).unwrap_or(u8::MAX)))
    };
    let tries = std::iter::once(letters).chain((1..=8).map(toward));
    let found = tries.into_iter().find(|letters| between(*letters, ground) >= LEAST);
    (found.unwrap_or_else(|| toward(8)), ground)
}
