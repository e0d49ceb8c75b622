//! Keys: what they mean to the demo, and what they are to a shell.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What a trainer can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Go on.
    Next,
    /// Go back.
    Back,
    /// Begin anew.
    Restart,
    /// Type into the pane of the step.
    Type,
    /// Type into the other one.
    TypeOther,
    /// Look at what has scrolled away.
    Up,
    /// And back.
    Down,
    /// Speaker notes on or off.
    Notes,
    /// Gauges on or off.
    Gauges,
    /// Large type on or off.
    Large,
    /// The other theme.
    Theme,
    /// By itself, or not.
    Auto,
    /// What the keys are.
    Help,
    /// Leave.
    Leave,
}

/// Keys and what they do, for people. What must be known comes first.
pub const HELP: &[(&str, &str)] = &[
    ("space  →  PgDn  Enter", "go on: run what is shown, then the next step"),
    ("←  PgUp  Backspace", "go back: all is begun anew, up to there"),
    ("r  Home", "begin anew"),
    ("Tab", "type into the marked pane yourself"),
    ("Shift-Tab", "type into the other pane"),
    ("F12  Ctrl-]", "stop typing"),
    ("↑  ↓", "what has scrolled away"),
    ("n", "notes for the speaker"),
    ("g", "gauges"),
    ("b", "large type"),
    ("t", "dark or light"),
    ("a", "go on by itself"),
    ("q  Ctrl-C", "leave; nothing stays behind"),
];

/// What a key means while nobody types.
pub fn command(key: KeyEvent) -> Option<Command> {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return (key.code == KeyCode::Char('c')).then_some(Command::Leave);
    }
    Some(match key.code {
        KeyCode::Char(' ' | 'l') | KeyCode::Enter | KeyCode::Right | KeyCode::PageDown => Command::Next,
        KeyCode::Char('h') | KeyCode::Left | KeyCode::PageUp | KeyCode::Backspace => Command::Back,
        KeyCode::Char('r') | KeyCode::Home => Command::Restart,
        KeyCode::Tab => Command::Type,
        KeyCode::BackTab => Command::TypeOther,
        KeyCode::Up => Command::Up,
        KeyCode::Down => Command::Down,
        KeyCode::Char('n') => Command::Notes,
        KeyCode::Char('g') => Command::Gauges,
        KeyCode::Char('b') => Command::Large,
        KeyCode::Char('t') => Command::Theme,
        KeyCode::Char('a') => Command::Auto,
        KeyCode::Char('?') => Command::Help,
        KeyCode::Char('q') => Command::Leave,
        _ => return None,
    })
}

/// The way out of a shell that wants every key for itself: telnet's, and a key that no shell uses.
pub fn ends_typing(key: KeyEvent) -> bool {
    // Ctrl-] and Ctrl-5 are the same byte, 0x1d, and it is the latter's name that we are told.
    let bracket = matches!(key.code, KeyCode::Char(']' | '5'));
    key.code == KeyCode::F(12) || (bracket && key.modifiers.contains(KeyModifiers::CONTROL))
}

/// What a terminal sends for a key. `application`: the arrows as a program asked for them (DECCKM).
pub fn bytes(key: KeyEvent, application: bool) -> Vec<u8> {
    let mut bytes = match key.code {
        KeyCode::Char(letter) if key.modifiers.contains(KeyModifiers::CONTROL) => control(letter),
        KeyCode::Char(letter) => letter.to_string().into_bytes(),
        KeyCode::Enter => b"\r".to_vec(),
        KeyCode::Tab => b"\t".to_vec(),
        KeyCode::Backspace => b"\x7f".to_vec(),
        KeyCode::Esc => b"\x1b".to_vec(),
        KeyCode::BackTab => return b"\x1b[Z".to_vec(),
        code => return sequence(code, key.modifiers, application),
    };
    if key.modifiers.contains(KeyModifiers::ALT) {
        bytes.insert(0, 0x1b);
    }
    bytes
}

/// Ctrl takes the upper three bits away, ascii(7). Crossterm names four of them by digits.
fn control(letter: char) -> Vec<u8> {
    match letter {
        ' ' => vec![0],
        '4'..='7' => vec![letter as u8 - b'4' + 0x1c],
        _ if letter.is_ascii() => vec![letter.to_ascii_uppercase() as u8 & 0x1f],
        _ => letter.to_string().into_bytes(),
    }
}

/// The keys that are a sequence, as xterm has them: `CSI letter` or `CSI number ~`, console_codes(4), with modifiers
/// as a second number.
fn sequence(code: KeyCode, modifiers: KeyModifiers, application: bool) -> Vec<u8> {
    let held = [(KeyModifiers::SHIFT, 1), (KeyModifiers::ALT, 2), (KeyModifiers::CONTROL, 4)];
    let held: u8 = held.iter().filter(|(key, _)| modifiers.contains(*key)).map(|(_, value)| value).sum();
    match (letter(code), number(code)) {
        (Some(letter), _) if held > 0 => format!("\x1b[1;{}{letter}", held + 1),
        (Some(letter), _) if application || matches!(code, KeyCode::F(_)) => format!("\x1bO{letter}"),
        (Some(letter), _) => format!("\x1b[{letter}"),
        (_, Some(number)) if held > 0 => format!("\x1b[{number};{}~", held + 1),
        (_, Some(number)) => format!("\x1b[{number}~"),
        _ => String::new(),
    }
    .into_bytes()
}

fn letter(code: KeyCode) -> Option<char> {
    Some(match code {
        KeyCode::Up => 'A',
        KeyCode::Down => 'B',
        KeyCode::Right => 'C',
        KeyCode::Left => 'D',
        KeyCode::Home => 'H',
        KeyCode::End => 'F',
        KeyCode::F(number @ 1..=4) => char::from(b'P' + number - 1),
        _ => return None,
    })
}

fn number(code: KeyCode) -> Option<u8> {
    Some(match code {
        KeyCode::Insert => 2,
        KeyCode::Delete => 3,
        KeyCode::PageUp => 5,
        KeyCode::PageDown => 6,
        KeyCode::F(5) => 15,
        KeyCode::F(number @ 6..=10) => number + 11,
        KeyCode::F(number @ 11..=12) => number + 12,
        _ => return None,
    })
}

/// What a terminal sends for a text that was pasted.
pub fn pasted(text: &str, bracketed: bool) -> Vec<u8> {
    let text = text.replace("\r\n", "\r").replace('\n', "\r");
    // Whoever has an end in his text must not end the brackets, and go on as if he typed.
    let text = text.replace("\x1b[201~", "");
    if bracketed { format!("\x1b[200~{text}\x1b[201~").into_bytes() } else { text.into_bytes() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> KeyEvent {
        KeyEvent::new(code, modifiers)
    }

    #[test]
    fn keys_are_what_xterm_sends() {
        let none = KeyModifiers::NONE;
        for (code, modifiers, application, sent) in [
            (KeyCode::Char('ä'), none, false, "ä"),
            (KeyCode::Char('c'), KeyModifiers::CONTROL, false, "\x03"),
            (KeyCode::Char('4'), KeyModifiers::CONTROL, false, "\x1c"),
            (KeyCode::Char('b'), KeyModifiers::ALT, false, "\x1bb"),
            (KeyCode::Up, none, false, "\x1b[A"),
            (KeyCode::Up, none, true, "\x1bOA"),
            (KeyCode::Right, KeyModifiers::CONTROL, true, "\x1b[1;5C"),
            (KeyCode::F(1), none, false, "\x1bOP"),
            (KeyCode::F(5), none, false, "\x1b[15~"),
            (KeyCode::F(10), none, false, "\x1b[21~"),
            (KeyCode::F(11), none, false, "\x1b[23~"),
            (KeyCode::Delete, none, false, "\x1b[3~"),
        ] {
            assert_eq!(bytes(key(code, modifiers), application), sent.as_bytes(), "{code:?}");
        }
    }

    #[test]
    fn a_pasted_text_cannot_end_its_brackets() {
        assert_eq!(pasted("a\nb", false), b"a\rb");
        assert_eq!(pasted("a\x1b[201~rm\n", true), b"\x1b[200~arm\r\x1b[201~");
    }

    #[test]
    fn a_clicker_goes_on_and_back() {
        let meaning = |code| command(key(code, KeyModifiers::NONE));
        assert_eq!(meaning(KeyCode::PageDown), Some(Command::Next));
        assert_eq!(meaning(KeyCode::PageUp), Some(Command::Back));
        assert_eq!(meaning(KeyCode::Char('x')), None);
    }
}
