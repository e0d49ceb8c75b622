use super::*;

const DOCKER: &str = r#"{
  "defaultAction": "SCMP_ACT_ERRNO",
  "archMap": [{ "architecture": "SCMP_ARCH_X86_64", "subArchitectures": null }],
  "syscalls": [
    { "names": ["read", "write"], "action": "SCMP_ACT_ALLOW", "args": null, "comment": "plain", "includes": {} },
    { "name": "chroot", "action": "SCMP_ACT_ALLOW", "includes": { "caps": ["CAP_SYS_CHROOT", "CAP_CHOWN"] } },
    { "name": "clone3", "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "excludes": { "caps": ["CAP_SYS_ADMIN", "CAP_BPF"] } },
    { "name": "arch_prctl", "action": "SCMP_ACT_ALLOW", "includes": { "arches": ["amd64", "x32"] } },
    { "name": "clone", "action": "SCMP_ACT_ALLOW", "excludes": { "arches": ["arm64"] } },
    { "name": "ptrace", "action": "SCMP_ACT_ALLOW", "includes": { "minKernel": "4.8" } }
  ]
}"#;

const OCI: &str = r#"{
  "defaultAction": "SCMP_ACT_ALLOW",
  "architectures": ["SCMP_ARCH_X86_64"],
  "flags": ["SECCOMP_FILTER_FLAG_LOG"],
  "syscalls": [{
    "names": ["clone"], "action": "SCMP_ACT_KILL_THREAD",
    "args": [{ "index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ" }]
  }]
}"#;

fn names(held: &[&str], architecture: Architecture, kernel: Version) -> Vec<String> {
    let profile = Profile::parse(DOCKER, "Docker's").unwrap();
    let resolved = profile.resolve(&Target { held, architecture, kernel });
    resolved.syscalls.into_iter().flat_map(|rule| rule.names).collect()
}

#[test]
fn the_ocis_form_parses() {
    let profile = Profile::parse(OCI, "the OCI's").unwrap();
    assert_eq!(profile.default_action, Action::Allow);
    let [rule] = &profile.syscalls[..] else { panic!("{profile:?}") };
    assert_eq!(rule.action, Action::KillThread);
    let condition = Condition { index: 0, value: 0x7e02_0000, value_two: 0, op: Operator::MaskedEqual };
    assert_eq!(rule.args, [condition]);
}

#[test]
fn a_rule_counts_where_it_says() {
    let old = Version(4, 4);
    assert_eq!(names(&[], Architecture::Amd64, old), ["read", "write", "clone3", "arch_prctl", "clone"]);
    assert_eq!(names(&[], Architecture::Arm64, Version(4, 8)), ["read", "write", "clone3", "ptrace"]);
    // All of what it includes must be held, and nothing of what it excludes.
    assert_eq!(names(&["CAP_CHOWN", "CAP_BPF"], Architecture::Arm64, old), ["read", "write"]);
    let both = ["CAP_SYS_CHROOT", "CAP_CHOWN"];
    assert_eq!(names(&both, Architecture::Arm64, old), ["read", "write", "chroot", "clone3"]);
}

#[test]
fn a_mistake_is_found_by_file_and_line() {
    let wrong = DOCKER.replace("SCMP_ACT_ALLOW\", \"args", "SCMP_ACT_ALOW\", \"args");
    let error = Profile::parse(&wrong, "mine.json").unwrap_err().to_string();
    assert!(error.starts_with("mine.json: unknown variant `SCMP_ACT_ALOW`"), "{error}");
    assert!(error.contains("at line 5 column"), "{error}");

    let error =
        Profile::parse(&OCI.replace("\"index\": 0", "\"index\": 6"), "mine.json").unwrap_err().to_string();
    assert!(error.starts_with("mine.json: argument 6: a call has 0 to 5 at line 7 column"), "{error}");
}

#[test]
fn versions_are_numbers() {
    assert_eq!("6.1.0-32-amd64".parse(), Ok(Version(6, 1)));
    assert!(Version(4, 19) > Version(4, 8), "not as texts");
    assert!("new".parse::<Version>().is_err());
}

#[test]
fn ours_parses_and_every_rule_says_why() {
    let profile = Profile::ours().unwrap();
    let json: serde_json::Value = serde_json::from_str(include_str!("../default.json")).unwrap();
    assert_eq!(json["syscalls"].as_array().unwrap().len(), profile.syscalls.len());
    for rule in json["syscalls"].as_array().unwrap() {
        assert!(rule["comment"].is_string(), "Docker wants one text: {rule}");
    }
}
