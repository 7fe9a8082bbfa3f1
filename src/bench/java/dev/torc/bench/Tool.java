package dev.torc.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A build tool in the contest: what its build file is, how it is called, what it remembers in a
 * folder. samurai and n2 read what ninja reads.
 */
enum Tool {
  TORC("torc", "torc.yaml", BuildFiles::torc, List.of(".torc")),
  NINJA("ninja", "build.ninja", BuildFiles::ninja, List.of(".ninja_log", ".ninja_deps")),
  SAMURAI("samu", "build.ninja", BuildFiles::ninja, List.of(".ninja_log", ".ninja_deps")),
  N2("n2", "build.ninja", BuildFiles::ninja, List.of(".n2_db")),
  MAKE("make", "Makefile", BuildFiles::make, List.of()),
  SCONS("scons", "SConstruct", BuildFiles::scons, List.of(".sconsign.dblite")),
  DOIT(
      "doit",
      "dodo.py",
      BuildFiles::doit,
      List.of(".doit.db", ".doit.db.bak", ".doit.db.dat", ".doit.db.dir"));

  /** Tools that need seconds for a thousand jobs are asked no further. */
  private static final int MOST = 1000;

  private final String program;
  private final String buildFile;
  private final Function<Graph, String> writer;
  private final List<String> memory;

  Tool(String program, String buildFile, Function<Graph, String> writer, List<String> memory) {
    this.program = program;
    this.buildFile = buildFile;
    this.writer = writer;
    this.memory = memory;
  }

  /** Whether it takes part: all files needed are known beforehand, or it reads depfiles. */
  boolean plays(Graph graph) {
    boolean depfiles = graph.rules().stream().anyMatch(Rule::depfile);
    return !isScript() || !depfiles && graph.rules().size() <= MOST;
  }

  /** Whether its build file is a program in Python. */
  private boolean isScript() {
    return this == SCONS || this == DOIT;
  }

  /** The program's name, as in the report. */
  String program() {
    return program;
  }

  /** The name of its build file. */
  String buildFile() {
    return buildFile;
  }

  /** What stands in it. */
  String text(Graph graph) {
    return writer.apply(graph);
  }

  /** Files and folders, beside the products, that have to go for a build from nothing. */
  List<String> memory() {
    return memory;
  }

  /** Whether it reruns jobs for the time of a file, whatever is in it. */
  boolean goesByTime() {
    return this != TORC && !isScript();
  }

  /**
   * The command of a build.
   *
   * @param program its path or name
   * @param width how many jobs at a time
   */
  List<String> command(String program, int width) {
    List<String> words = new ArrayList<>(List.of(program));
    if (this == TORC) {
      words.add("build");
    }
    if (this == MAKE) {
      words.add("-rR"); // built-in rules would be searched for every file
    }
    words.addAll(List.of(this == DOIT ? "-n" : "-j", String.valueOf(width)));
    return words;
  }
}
