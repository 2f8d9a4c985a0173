//! The first use in the README, done as it is written there.

use std::fs;

use stepladder_build::{MakeMigrations, MakeMigrationsOptions, NewStep, make_migrations_with};

use crate::package::{Package, workspace};

/// A fenced block of the README: its language, its text, and the text before it.
struct Block {
    language: String,
    text: String,
    before: String,
}

#[test]
fn the_first_use_in_the_readme_works() {
    let readme = fs::read_to_string(workspace().join("README.md")).unwrap();
    let start = readme.find("## First use").unwrap();
    let end = readme.find("## What is where").unwrap();
    let package = Package::empty("notes");
    let mut commands = 0;
    for block in blocks(&readme[start..end]) {
        if block.language == "console" {
            commands += run(&package, &block.text);
        } else if let Some(file) = file_of(&block) {
            package.write(&file, &with_paths(&block.text));
        }
    }
    assert_eq!(commands, 10);
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\n```") {
        let (language, after) = after.split_once('\n').unwrap();
        let (text, after) = after.split_once("```").unwrap();
        blocks.push(Block {
            language: language.to_owned(),
            text: text.to_owned(),
            before: before.to_owned(),
        });
        rest = after;
    }
    blocks
}

/// The file that the last paragraph before a block begins with.
fn file_of(block: &Block) -> Option<String> {
    let paragraph = block.before.trim_end().rsplit("\n\n").next()?;
    let (_, name) = paragraph.split_once('`')?;
    let (name, _) = name.split_once('`')?;
    name.contains('.').then(|| name.to_owned())
}

/// The crates are not published: they are those of the workspace.
fn with_paths(text: &str) -> String {
    let path = workspace();
    let path = path.display();
    let text = text
        .replace(
            "stepladder = { version = \"0.1\"",
            &format!("stepladder = {{ path = '{path}'"),
        )
        .replace(
            "stepladder = \"0.1\"",
            &format!("stepladder = {{ path = '{path}' }}"),
        )
        .replace(
            "stepladder-build = \"0.1\"",
            &format!("stepladder-build = {{ path = '{path}/build-support' }}"),
        );
    if text.contains("[package]") {
        text + "\n[workspace]\n"
    } else {
        text
    }
}

/// What the command does, without the command: it is not built here.
fn next_version(package: &Package, step: NewStep) -> String {
    let options = MakeMigrationsOptions {
        step,
        ..MakeMigrationsOptions::default()
    };
    match make_migrations_with(&package.root.join("schemas"), &options).unwrap() {
        MakeMigrations::Unchanged { .. } => "nothing has changed".to_owned(),
        MakeMigrations::Written(written) => {
            let mut said = format!("wrote {}", written.shown);
            for step in &written.steps {
                assert_eq!(step.places, 0);
                said = format!("{said}\nwrote {}: proven", step.shown);
            }
            said
        }
    }
}

/// Runs the commands of a block, and finds the lines below each in what it says.
fn run(package: &Package, block: &str) -> usize {
    let commands: Vec<_> = block
        .split("$ ")
        .filter(|command| !command.is_empty())
        .collect();
    for command in &commands {
        let mut lines = command.lines();
        let output = match lines.next().unwrap() {
            "cargo stepladder make-migrations" => next_version(package, NewStep::Sql),
            "cargo stepladder make-migrations --rust" => next_version(package, NewStep::None),
            command => {
                let arguments: Vec<_> = command.split(' ').skip(1).collect();
                let built = package.cargo(&arguments);
                built.stdout + &built.stderr
            }
        };
        for line in lines {
            assert!(output.contains(line), "{line}\nis not in\n{output}");
        }
    }
    commands.len()
}
