//! The order of the crate's folders: a file imports from its own folder and from lower layers only, and
//! no circle of imports goes through any file.
//!
//! The imports are read from the source: `crate::…`, `super::…`, and the paths that begin with a child
//! module. Unit tests may import anything, and do not count.

mod sources;

use std::collections::{BTreeMap, BTreeSet};

use sources::{rust_files, without_comments};

/// From the lowest layer to the highest. Modules of one layer do not import each other.
const LAYERS: &[&[&str]] = &[
    &["error", "metrics", "rng"],
    &["options"],
    &["normalizer"],
    &["pre_tokenizer"],
    &["parallel"],
    &["corpus", "tokenizer"],
    &["store", "vocab_trainer"],
    &["examples", "masking"],
    &["dataset"],
];

/// A module as the names on its path; none for `lib.rs`.
type Module = Vec<String>;

struct Crate {
    /// The code of each module, without comments and unit tests.
    code: BTreeMap<Module, String>,
}

impl Crate {
    fn read() -> Self {
        let mut code = BTreeMap::new();
        for (path, text) in rust_files("minibert-core/src") {
            let path = path.with_extension("");
            let mut module: Module = path
                .iter()
                .map(|name| name.to_str().unwrap().into())
                .collect();
            match module.last().unwrap().as_str() {
                "tests" => continue,
                "lib" | "mod" => drop(module.pop()),
                _ => {}
            }
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            code.insert(module, without_comments(text));
        }
        Self { code }
    }

    fn children(&self, module: &Module) -> impl Iterator<Item = &str> {
        let is_child =
            |other: &&Module| other.len() == module.len() + 1 && other.starts_with(module);
        self.code
            .keys()
            .filter(is_child)
            .map(|child| child.last().unwrap().as_str())
    }

    /// The names that a module re-exports from its children, and the child of each.
    fn reexports(&self, module: &Module) -> BTreeMap<String, Module> {
        let children: BTreeSet<&str> = self.children(module).collect();
        let statements = self.code[module].split("pub use ").skip(1);
        let paths = statements.flat_map(|rest| paths(rest).0);
        paths
            .filter(|path| children.contains(path[0].as_str()))
            .map(|mut path| {
                let name = path.pop().unwrap();
                (name, [&module[..], &path[..]].concat())
            })
            .collect()
    }

    /// The modules that a module imports from.
    fn imports(&self, module: &Module) -> BTreeSet<Module> {
        let code = &self.code[module];
        let reexports = self.reexports(module);
        let mut imports = BTreeSet::new();
        for (at, word) in words(code) {
            let rest = &code[at + word.len()..];
            let is_inner = code[..at].ends_with("::") || code[..at].ends_with('.');
            let base = match word {
                _ if is_inner || !rest.starts_with("::") => continue,
                "crate" => Module::new(),
                "super" => module[..module.len() - 1].to_vec(),
                "self" => module.clone(),
                child if self.children(module).any(|name| name == child) => {
                    if !code[..at].ends_with("pub use ") {
                        imports.insert([&module[..], &[child.to_owned()]].concat());
                    }
                    continue;
                }
                _ => continue,
            };
            for path in paths(&rest[2..]).0 {
                imports.insert(self.resolve(module, &[base.clone(), path].concat()));
            }
        }
        // A name that a module re-exports and uses itself is an import.
        for (name, child) in &reexports {
            let uses = words(code).filter(|(at, word)| {
                let statement = code[..*at].rfind(';').map_or(0, |end| end + 1);
                word == name && !code[statement..*at].contains("pub use ")
            });
            if uses.count() > 0 {
                imports.insert(child.clone());
            }
        }
        imports.remove(module);
        imports
    }

    /// The module that defines what a path names.
    fn resolve(&self, from: &Module, path: &[String]) -> Module {
        let len = (0..=path.len())
            .rev()
            .find(|&len| self.code.contains_key(&path[..len]));
        let module = path[..len.unwrap()].to_vec();
        let Some(child) = path
            .get(module.len())
            .and_then(|name| self.reexports(&module).remove(name))
        else {
            return module;
        };
        let is_through_parent = !module.is_empty() && from.starts_with(&module);
        assert!(
            !is_through_parent,
            "{} imports {} through its parent: name the file that defines it",
            from.join("::"),
            path.join("::"),
        );
        child
    }
}

/// The words of code and where each begins.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.split(move |c| !is_part(c))
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - code.as_ptr() as usize, word))
}

/// The paths of a `use` tree that `text` begins with, and the rest of the text.
fn paths(text: &str) -> (Vec<Vec<String>>, &str) {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        let mut all = Vec::new();
        while !rest.trim_start().starts_with('}') {
            let (found, behind) = paths(rest);
            all.extend(found);
            rest = behind.trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest);
        }
        return (all, &rest.trim_start()[1..]);
    }
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '*')
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if let Some(rest) = rest.strip_prefix("::")
        && !rest.starts_with('<')
    {
        let (mut found, rest) = paths(rest);
        for path in &mut found {
            path.insert(0, name.to_owned());
        }
        return (found, rest);
    }
    let rest = rest.strip_prefix(" as ").map_or(rest, |rest| paths(rest).1);
    (vec![vec![name.to_owned()]], rest)
}

fn layer(module: &Module) -> usize {
    let Some(folder) = module.first() else {
        return LAYERS.len(); // lib.rs is above all
    };
    let is_in = |layer: &&[&str]| layer.contains(&folder.as_str());
    LAYERS
        .iter()
        .position(is_in)
        .unwrap_or_else(|| panic!("{folder} has no layer"))
}

#[test]
fn a_file_imports_from_its_folder_and_from_lower_layers_only() {
    let all = Crate::read();
    let mut wrong = Vec::new();
    for module in all.code.keys() {
        for import in all.imports(module) {
            let is_own_folder = module.first() == import.first();
            if !is_own_folder && layer(&import) >= layer(module) {
                wrong.push(format!("{} → {}", module.join("::"), import.join("::")));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "from a lower to a higher layer:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn no_circle_of_imports_goes_through_any_file() {
    let all = Crate::read();
    let mut left: BTreeMap<&Module, BTreeSet<Module>> = all
        .code
        .keys()
        .map(|module| (module, all.imports(module)))
        .collect();
    let arrows: usize = left.values().map(BTreeSet::len).sum();
    assert!(arrows > 100, "only {arrows} imports were found");
    // A file is removed when all its imports are, until no file is left, or all that are left are in
    // circles.
    loop {
        let done: Vec<Module> = left
            .iter()
            .filter(|(_, to)| to.is_empty())
            .map(|(from, _)| (*from).clone())
            .collect();
        if done.is_empty() {
            break;
        }
        left.retain(|from, _| !done.contains(from));
        for to in left.values_mut() {
            to.retain(|to| !done.contains(to));
        }
    }
    let circles: Vec<String> = left
        .iter()
        .map(|(from, to)| {
            let to: Vec<String> = to.iter().map(|to| to.join("::")).collect();
            format!("{} → {}", from.join("::"), to.join(", "))
        })
        .collect();
    assert!(
        circles.is_empty(),
        "in a circle, or above one:\n{}",
        circles.join("\n")
    );
}
