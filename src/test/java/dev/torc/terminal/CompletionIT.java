package dev.torc.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox;
import dev.torc.Sandbox.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Completion in real shells. In bash and zsh on a terminal, lines are typed with Tab, and the words
 * that a program then gets are compared; fish is asked by its {@code complete -C}. Which names fit
 * is tested by {@code completion.txt}.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("CompletionIT") // one of its tests at a time, beside other classes
class CompletionIT {

  /**
   * Types each line of a file to a shell on a terminal of its own. Before the next line it waits
   * for the file {@code got.N} that the shell makes when it has obeyed line N.
   */
  private static final String TYPIST =
      """
      import os, pty, select, sys
      pid, master = pty.fork()
      if pid == 0:
          os.execvp(sys.argv[2], sys.argv[2:])
      seen = b''
      for number, line in enumerate(open(sys.argv[1], 'rb').read().split(b'\\0')):
          os.write(master, line + b'\\n')
          while not os.path.exists('got.%d' % number):
              if select.select([master], [], [], 0.02)[0]:
                  seen += os.read(master, 65536)
                  os.write(1, seen[-65536:] if len(seen) < 65536 else b'')
                  seen = b''
      os.write(master, b'exit\\n')
      os.waitpid(pid, 0)
      """;

  private static final String ODD =
      """
      vars: { years: 10 }
      jobs:
        "a b": { command: "touch {produces}", produces: ["out/é x.txt"], tags: ["it's"] }
        "q\\"u$x": { command: "true" }
        "c:d=1,e": { command: "true" }
        "new\\nline": { command: "true" }
        "~home": { command: "true" }
        train: { parameters: { lr: [0.1, 0.2], s: [1, 2] }, command: "echo {lr} {s}" }
      """;

  /** What is typed, with the words that the program gets. */
  private static final Map<String, List<String>> LINES = new LinkedHashMap<>();

  static {
    LINES.put("torc statu\t", List.of("status"));
    LINES.put("torc clean --kep\t", List.of("clean", "--kept"));
    LINES.put("torc --color=al\t", List.of("--color=always"));
    LINES.put("torc build a\t", List.of("build", "a b"));
    LINES.put("torc build 'a\t", List.of("build", "a b"));
    LINES.put("torc build a\\ \t", List.of("build", "a b"));
    LINES.put("torc build \"q\t", List.of("build", "q\"u$x"));
    LINES.put("torc build q\t", List.of("build", "q\"u$x"));
    LINES.put("torc build c:\t", List.of("build", "c:d=1,e"));
    LINES.put("torc build c:d=\t", List.of("build", "c:d=1,e"));
    LINES.put("torc build \\~\t", List.of("build", "~home"));
    LINES.put("torc build new\t", List.of("build", "new\nline"));
    LINES.put("torc build it\t", List.of("build", "it's"));
    LINES.put("torc build ou\t", List.of("build", "out/é x.txt"));
    LINES.put("torc build -D ye\t3", List.of("build", "-D", "years=3"));
    LINES.put("torc -Dy\t3 build", List.of("-Dyears=3", "build"));
    LINES.put("torc build tr\t/lr=0.2", List.of("build", "train/lr=0.2"));
    LINES.put("torc build train/lr=0.1,s=2\t", List.of("build", "train/lr=0.1,s=2"));
    LINES.put("torc -C fol\t build inn\t", List.of("-C", "folder", "build", "inner"));
    LINES.put("torc -f fold\tx\t why x\t", List.of("-f", "folder/x.yaml", "why", "xa"));
  }

  @TempDir Path temp;
  private Sandbox project;

  @BeforeEach
  void project() throws Exception {
    project = new Sandbox(temp);
    project.build(ODD);
    project.write("folder/torc.yaml", "jobs: { inner: { command: \"true\" } }");
    project.write("folder/x.yaml", "jobs: { xa: { command: \"true\" } }");
    project.env.put("TERM", "dumb");
    project.env.put("LC_ALL", "C.UTF-8");
  }

  @AfterEach
  void end() {
    project.close();
  }

  private void needs(String program) throws Exception {
    boolean there = project.sh("command -v " + program).exit() == 0;
    if (!there && "true".equals(System.getenv("CI"))) {
      fail(program + " is not installed: apt has it, see .ci/run");
    }
    assumeTrue(there, program + " is not installed");
  }

  /** A shell function in torc's place: hands completions to torc, writes other words to a file. */
  private String setup(String shell) {
    return """
    n=0
    torc() {
      if [ "$1" = completion ]; then '%s' "$@"; return; fi
      printf '%%s\\0' "$@" > got.new; mv got.new got.$n; n=$((n+1))
    }
    eval "$(torc completion %s)"
    """
        .formatted(Sandbox.launcher(), shell);
  }

  private void types(String shell, String... options) throws Exception {
    needs(shell);
    needs("python3");
    List<String> keys = new ArrayList<>(List.of(". ./setup; torc ready"));
    keys.addAll(LINES.keySet());
    Path typed = project.write("typed", String.join("\0", keys));
    Path typist = project.write("typist.py", TYPIST);
    List<String> command = new ArrayList<>(List.of("python3", "" + typist, "" + typed, shell));
    command.addAll(List.of(options));
    Ran ran = project.run(command);
    assertEquals(0, ran.exit(), ran.out() + ran.err());
    List<String> expected = new ArrayList<>();
    List<String> got = new ArrayList<>();
    int number = 1;
    for (Map.Entry<String, List<String>> line : LINES.entrySet()) {
      expected.add(line.getKey() + " → " + line.getValue());
      String words = project.read("got." + number++).replace("/\0", "\0"); // zsh removes the slash
      got.add(line.getKey() + " → " + Stream.of(words.split("\0")).toList());
    }
    assertEquals(String.join("\n", expected), String.join("\n", got));
  }

  @Test
  void bash() throws Exception {
    project.write("setup", setup("bash") + "bind 'set bell-style none'\n");
    types("bash", "--norc", "--noprofile", "-i");
  }

  @Test
  void zsh() throws Exception {
    project.write(
        "setup", "autoload -Uz compinit; compinit -u -D\n" + setup("zsh") + "unsetopt BEEP\n");
    types("zsh", "-f", "-i");
  }

  @Test
  void fish() throws Exception {
    needs("fish");
    project.env.put(
        "PATH", Path.of(Sandbox.launcher()).getParent() + ":" + project.env.get("PATH"));
    List<List<String>> lines =
        List.of(
            List.of("torc statu", "status"),
            List.of("torc build a", "a b"),
            List.of("torc build 'a", "a b"),
            List.of("torc build c:", "c:d=1,e"),
            List.of("torc build new", "new\nline"),
            List.of(
                "torc build tr",
                "train",
                "train/lr=0.1,s=1",
                "train/lr=0.1,s=2",
                "train/lr=0.2,s=1",
                "train/lr=0.2,s=2"),
            List.of("torc build train/lr=0.1", "train/lr=0.1,s=1", "train/lr=0.1,s=2"),
            List.of("torc --color=al", "--color=always"),
            List.of("torc build -D y", "years="),
            List.of("torc -C fol", "folder/"),
            List.of("torc -f folder/x.yaml why x", "xa"),
            List.of("torc -C folder build i", "inner"));
    StringBuilder script = new StringBuilder("torc completion fish | source\n");
    for (List<String> line : lines) {
      String quoted = line.getFirst().replace("\\", "\\\\").replace("'", "\\'");
      script.append("complete -C '").append(quoted).append("'; echo ---\n");
    }
    Path file = project.write("script.fish", script.toString());
    Ran ran = project.run(List.of("fish", "-N", "" + file));
    assertEquals(0, ran.exit(), ran.err());
    List<String> got =
        Stream.of(ran.out().split("---\n"))
            .map(said -> said.replaceAll("\t[^\n]*", "").strip())
            .toList();
    for (int i = 0; i < lines.size(); i++) {
      List<String> line = lines.get(i);
      assertEquals(String.join("\n", line.subList(1, line.size())), got.get(i), line.getFirst());
    }
  }

  @Test
  void aTorcThatCannotAnswerIsNotHeardOf() throws Exception {
    needs("bash");
    Files.delete(project.root.resolve("torc.yaml"));
    project.write("torc.yaml", "jobs: [");
    Ran ran = project.torc("completion", "bash", "--", " =:", "torc build ");
    assertEquals("names\0", ran.out());
    assertEquals("", ran.err());
  }
}
