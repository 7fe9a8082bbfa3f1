package dev.torc.session;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/**
 * Which project is meant, and how its build file is read.
 *
 * @param files build files, each laid over the ones before; none where the nearest one is meant
 * @param input the text of the build file {@code -} among these, from standard input; null without
 *     one
 * @param variables values of variables that win over those of the build file
 * @param containers whether steps with an image run in it
 */
public record ProjectOptions(
    List<Path> files, byte[] input, SortedMap<String, String> variables, boolean containers) {}
