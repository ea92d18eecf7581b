//! How many items a list that is no page counts, where nobody says how many there are: what an honest question meets. How
//! many there really are counts when the answer is made.

pub const AGENTS: usize = 4;
pub const INTERPRETERS: usize = 4;
pub const TAGS: usize = 10;
pub const CHILDREN: usize = 20;
pub const VERSIONS: usize = 20;
pub const ITEMS: usize = 10;
pub const RANKED: usize = 3;
pub const NOT_CANDIDATES: usize = 3;
pub const ACTIONS: usize = 10;
pub const RUNS: usize = 4;
pub const ROLES: usize = 9;
pub const TASK_SCRIPTS: usize = 3;
pub const PARAMETERS: usize = 5;
pub const CHOICES: usize = 5;
pub const EXIT_CODES: usize = 5;
pub const WAITS: usize = 2;
pub const NEEDS: usize = 3;
pub const CONDITIONS: usize = 2;
pub const PREREQUISITES: usize = 3;
pub const WAYS: usize = 5;
pub const ADDITIONS: usize = 50;
pub const COUNTED: usize = 20;
pub const SOURCES: usize = 4;
