//! The name of the machine, for people who look for it.

/// As the system knows it.
pub fn name() -> String {
    let read = std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::env::var("HOSTNAME"));
    let name = read.map(|name| name.trim().to_owned()).unwrap_or_default();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}
