//! The program is not told, it is ended.
// part extend.rs block
    if names.is_empty() {
        return Ok(());
    }
    let architecture = Architecture::native()?;
    let calls = architecture.calls();
    let mut rules = BTreeMap::new();
    for name in names {
        let number = calls.get(name.as_str());
        let number = number.ok_or_else(|| Error::new(format!("--block {name}: there is no such call")))?;
        rules.insert(i64::from(*number), vec![]);
    }
    let refused = SeccompAction::KillProcess;
    load(SeccompFilter::new(rules, SeccompAction::Allow, refused, architecture.target()))
