package dev.torc.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A build tool in the contest: its build file, its command, and the files in which it remembers a
 * build. samurai and n2 read what ninja reads. torc takes part twice: each call starts a JVM, or
 * the warm server answers it.
 */
enum Tool {
  TORC("torc", "torc.yaml", BuildFiles::torc, List.of(".torc")),
  SERVED("torc-served", "torc.yaml", BuildFiles::torc, List.of(".torc")),
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

  /** Most jobs for SCons and doit, which need seconds for a thousand. */
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

  /** Whether the tool takes part: SCons and doit build small graphs only, none with depfiles. */
  boolean plays(Graph graph) {
    boolean depfiles = graph.rules().stream().anyMatch(Rule::depfile);
    return !isScript() || !depfiles && graph.rules().size() <= MOST;
  }

  private boolean isTorc() {
    return this == TORC || this == SERVED;
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

  /** The text of its build file for a graph. */
  String text(Graph graph) {
    return writer.apply(graph);
  }

  /** Files and folders to remove, beside the products, for a build from nothing. */
  List<String> memory() {
    return memory;
  }

  /** Whether the tool reruns jobs when a file's time changed, whatever its contents are. */
  boolean goesByTime() {
    return !isTorc() && !isScript();
  }

  /**
   * The command of a build.
   *
   * @param program its path or name
   * @param width how many jobs run at a time
   */
  List<String> command(String program, int width) {
    List<String> words = new ArrayList<>(List.of(program));
    if (isTorc()) {
      words.add("build");
    }
    if (this == MAKE) {
      words.add("-rR"); // built-in rules would be searched for every file
    }
    words.addAll(List.of(this == DOIT ? "-n" : "-j", String.valueOf(width)));
    return words;
  }
}
