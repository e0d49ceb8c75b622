//! From a profile to programs for the kernel, in its language: cBPF, a few instructions that look at numbers.
//!
//! The compiler is seccompiler, Firecracker's. See it: `seccomp-tools dump`, or `--explain`, which says how many
//! instructions are loaded. Language: Documentation/networking/filter.rst.

use std::collections::BTreeMap;

use libc::sock_filter;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};
use sys::{Error, Result};

use crate::{
    calls::Architecture,
    profile::{Action, Condition, Operator, Outcome, Profile, Rule},
};

/// One program for each action: the strictest answer wins.
///
/// The compiler makes programs with two answers, and a profile has more. But the kernel asks all programs that are
/// loaded, and the strictest answer counts. So the main one answers the default to all calls but those which the rules
/// name, and each other one refuses in its own way what its rules name; to all else they say yes. That a rule refuses as
/// the default does matters where another allows the rest of the same call: then it is in a program of its own, too.
///
/// It is libseccomp's meaning, but where two rules contradict each other: there the wider one or the first one counts, here
/// the stricter one. (Podman's profile allows setns and refuses it.)
///
/// `profile` is a resolved one, and the programs are in the order in which they must be loaded.
pub fn compile(profile: &Profile, architecture: Architecture) -> Result<Vec<Vec<sock_filter>>> {
    let calls = architecture.calls();
    let default = profile.default_outcome();
    let named = table(profile, &calls, |outcome| outcome != default)?;
    let mut outcomes: Vec<Outcome> = Vec::new();
    for outcome in profile.syscalls.iter().map(Rule::outcome) {
        if outcome != ALLOW && !outcomes.contains(&outcome) {
            outcomes.push(outcome);
        }
    }
    let mut parts = Vec::new();
    for outcome in outcomes {
        let mut rules = table(profile, &calls, |other| other == outcome)?;
        rules.retain(|call, _| outcome != default || named.contains_key(call));
        parts.push((rules.contains_key(&libc::SYS_seccomp), program(rules, outcome, ALLOW, architecture)?));
    }
    let newest =
        if is_mild(default.action) { X32_CALL - 1 } else { calls.values().max().copied().unwrap_or(0) };
    let mut main = unknown_calls(newest);
    let refuses_seccomp = !is_mild(default.action) && !named.contains_key(&libc::SYS_seccomp);
    main.extend(match default {
        ALLOW => program(Rules::new(), LOG, ALLOW, architecture)?, // no rules: it looks at the architecture only
        _ => program(named, ALLOW, default, architecture)?,
    });
    parts.push((refuses_seccomp, main));
    // What forbids seccomp(2) itself is loaded last: after it nothing can be.
    parts.sort_by_key(|(refuses_seccomp, _)| *refuses_seccomp);
    Ok(parts.into_iter().map(|(_, program)| program).collect())
}

const ALLOW: Outcome = Outcome { action: Action::Allow, number: 0 };
const LOG: Outcome = Outcome { action: Action::Log, number: 0 };

/// Whether the call is made all the same, now or when a tracer has looked at it.
fn is_mild(action: Action) -> bool {
    action <= Action::Trace
}

/// The first number of x32, a second table of amd64's calls, which shares the name of the architecture: a list of what
/// is forbidden would forget it.
const X32_CALL: u32 = 1 << 30;

/// Calls above `newest` answer ENOSYS, as on a kernel that does not have them: the C library then takes an older one,
/// and at EPERM it would give up.
fn unknown_calls(newest: u32) -> Vec<sock_filter> {
    let code = |bits: u32| u16::try_from(bits).unwrap_or_default();
    let enosys = libc::SECCOMP_RET_ERRNO | libc::ENOSYS.unsigned_abs();
    vec![
        sock_filter { code: code(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS), jt: 0, jf: 0, k: 0 }, // the call's number
        sock_filter { code: code(libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K), jt: 0, jf: 1, k: newest },
        sock_filter { code: code(libc::BPF_RET | libc::BPF_K), jt: 0, jf: 0, k: enosys },
    ]
}

/// Conditions by the number of their call; a call with none fits always.
type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// The rules whose outcome is `wanted`. Names that this architecture does not have are skipped: profiles have those of
/// all of them.
fn table(profile: &Profile, calls: &BTreeMap<&str, u32>, wanted: impl Fn(Outcome) -> bool) -> Result<Rules> {
    let mut rules: Vec<&Rule> = profile.syscalls.iter().filter(|rule| wanted(rule.outcome())).collect();
    rules.sort_by_key(|rule| rule.args.is_empty()); // so that what fits always stands last, and stays
    let mut table = Rules::new();
    for rule in rules {
        for number in rule.names.iter().filter_map(|name| calls.get(name.as_str())) {
            let alternatives = table.entry(i64::from(*number)).or_default();
            if rule.args.is_empty() {
                alternatives.clear();
            } else {
                alternatives.extend(conditions(rule).map_err(not_compiled)?);
            }
        }
    }
    Ok(table)
}

/// All conditions together, or each alone where two are about the same argument.
fn conditions(rule: &Rule) -> Result<Vec<SeccompRule>, BackendError> {
    let conditions: Vec<SeccompCondition> = rule.args.iter().map(compare).collect::<Result<_, _>>()?;
    let twice = (0..6).any(|index| rule.args.iter().filter(|condition| condition.index == index).count() > 1);
    if twice {
        conditions.into_iter().map(|condition| SeccompRule::new(vec![condition])).collect()
    } else {
        Ok(vec![SeccompRule::new(conditions)?])
    }
}

fn compare(condition: &Condition) -> Result<SeccompCondition, BackendError> {
    let (operator, value) = match condition.op {
        Operator::NotEqual => (SeccompCmpOp::Ne, condition.value),
        Operator::Less => (SeccompCmpOp::Lt, condition.value),
        Operator::LessOrEqual => (SeccompCmpOp::Le, condition.value),
        Operator::Equal => (SeccompCmpOp::Eq, condition.value),
        Operator::GreaterOrEqual => (SeccompCmpOp::Ge, condition.value),
        Operator::Greater => (SeccompCmpOp::Gt, condition.value),
        Operator::MaskedEqual => (SeccompCmpOp::MaskedEq(condition.value), condition.value_two),
    };
    SeccompCondition::new(condition.index, SeccompCmpArgLen::Qword, operator, value)
}

/// The program that answers `fitting` to what fits the rules, and `other` to all else.
fn program(
    rules: Rules,
    fitting: Outcome,
    other: Outcome,
    architecture: Architecture,
) -> Result<Vec<sock_filter>> {
    let filter = SeccompFilter::new(rules, answer(other)?, answer(fitting)?, architecture.target());
    let program: BpfProgram = filter.and_then(TryInto::try_into).map_err(not_compiled)?;
    Ok(program.into_iter().map(|i| sock_filter { code: i.code, jt: i.jt, jf: i.jf, k: i.k }).collect())
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn not_compiled(error: BackendError) -> Error {
    Error::new(format!("seccomp profile: {error}"))
}

fn answer(outcome: Outcome) -> Result<SeccompAction> {
    Ok(match outcome.action {
        Action::Allow => SeccompAction::Allow,
        Action::Log => SeccompAction::Log,
        Action::Trace => SeccompAction::Trace(outcome.number.into()),
        Action::Errno => SeccompAction::Errno(outcome.number.into()),
        Action::Trap => SeccompAction::Trap,
        Action::KillThread => SeccompAction::KillThread,
        Action::KillProcess => SeccompAction::KillProcess,
        Action::Notify => {
            return Err(Error::new("seccomp profile: SCMP_ACT_NOTIFY")
                .why(
                    "it asks another process what to do, and there is none that listens (seccomp_unotify(2))",
                )
                .remedy("Give SCMP_ACT_ERRNO, or SCMP_ACT_TRACE and run under a tracer."));
        }
    })
}
