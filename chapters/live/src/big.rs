//! Letters of 8×8 points, four lines high, for the last row of the room.

use font8x8::UnicodeFonts;
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// How many lines a letter is high.
pub const HEIGHT: u16 = 4;

/// Two points in a half of a letter's place, by the upper and the lower one.
const HALVES: [char; 4] = [' ', '▀', '▄', '█'];

/// Four points in one place, by upper left, upper right, lower left, lower right.
const QUARTERS: [char; 16] = [' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█'];

/// Draw a word as large as there is room for: with square points, or with narrow ones. `false`: there is no room.
pub fn draw(word: &str, area: Rect, style: Style, buf: &mut Buffer) -> bool {
    let Some(lines) = lines(word, area.width).filter(|_| area.height >= HEIGHT) else { return false };
    for (line, y) in lines.iter().zip(area.y..) {
        buf.set_string(area.x, y, line, style);
    }
    true
}

/// Its four lines. `None`: they are wider than that, or it has a letter that the font does not know.
fn lines(word: &str, width: u16) -> Option<[String; 4]> {
    let letters = word.chars().map(glyph).collect::<Option<Vec<[u8; 8]>>>()?;
    let count = letters.len();
    let wide = match usize::from(width) {
        width if count * 8 <= width => true,
        width if count * 4 <= width => false,
        _ => return None,
    };
    Some(
        [0, 2, 4, 6]
            .map(|row| letters.iter().map(|letter| part(letter[row], letter[row + 1], wide)).collect()),
    )
}

/// The points of a letter: a byte a row, the left one in its lowest bit.
fn glyph(letter: char) -> Option<[u8; 8]> {
    font8x8::BASIC_FONTS.get(letter).or_else(|| font8x8::LATIN_FONTS.get(letter))
}

/// Two rows of a letter.
fn part(upper: u8, lower: u8, wide: bool) -> String {
    if wide {
        (0..8).map(|x| HALVES[usize::from(upper >> x & 1 | (lower >> x & 1) << 1)]).collect()
    } else {
        (0..8).step_by(2).map(|x| QUARTERS[usize::from(upper >> x & 3 | (lower >> x & 3) << 2)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_as_large_as_there_is_room() {
        let count = |lines: [String; 4]| lines.map(|line| line.chars().count());
        assert_eq!(lines("Hi", 16).map(count), Some([16; 4]));
        assert_eq!(lines("Hi", 15).map(count), Some([8; 4]));
        assert_eq!(lines("Hi", 7), None);
        assert_eq!(lines("日本", 80), None);
        assert_eq!(lines("L", 4), Some(["▜▛  ".into(), "▐▌  ".into(), "▐▌▗▌".into(), "▀▀▀▘".into()]));
    }
}
