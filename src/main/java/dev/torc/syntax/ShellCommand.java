package dev.torc.syntax;

import java.util.List;

/**
 * A simple command in the text of a shell, as far as its words can be told without running
 * anything. {@link ShellText} reads it; what its words mean is for others.
 *
 * @param words as the program gets them; null for a word with values or expansions in it
 * @param inputs files that {@code <} reads, likewise
 * @param targets files that {@code >}, {@code >>} and the like write, likewise
 */
public record ShellCommand(List<String> words, List<String> inputs, List<String> targets) {}
