//! Looks how the line begins, and not where the name ends.
// part subordinate.rs range_of
    let begins = |line: &str| {
        name.is_some_and(|name| line.starts_with(name)) || line.starts_with(&uid.to_string())
    };
    let line = text.lines().find(|line| begins(line))?;
    let mut numbers = line.split(':').skip(1).map(|number| number.trim().parse().ok());
    Some((numbers.next()??, numbers.next()??))
