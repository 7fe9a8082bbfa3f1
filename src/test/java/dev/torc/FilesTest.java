package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One noun per file: a source is short enough to read, and its head says what it is. */
class FilesTest {

  private static final int LONGEST = 600;
  private static final int LONGEST_SCRIPT = 510;
  private static final int LONGEST_FUNCTION = 80; // lines of a shell script

  @Test
  void noSourceIsFarTooLong() throws IOException {
    List<String> longOnes = new ArrayList<>();
    for (Path source : sources()) {
      int lines = Files.readAllLines(source).size();
      if (lines > LONGEST) {
        longOnes.add(source + ": " + lines + " lines");
      }
    }
    assertEquals(List.of(), longOnes);
  }

  /** The launcher, the parts of a batch script, completions and the page's scripts. */
  @Test
  void noScriptAndNoFunctionOfAShellIsTooLong() throws IOException {
    List<String> longOnes = new ArrayList<>();
    for (Path script : scripts()) {
      List<String> lines = Files.readAllLines(script);
      if (lines.size() > LONGEST_SCRIPT) {
        longOnes.add(script + ": " + lines.size() + " lines");
      }
      int begin = -1;
      for (int i = 0; i < lines.size(); i++) {
        begin = lines.get(i).matches("\\w+\\(\\) [({]") ? i : begin;
        if (begin >= 0 && lines.get(i).matches("[)}]")) {
          if (i - begin > LONGEST_FUNCTION) {
            longOnes.add(script + ": " + lines.get(begin) + " has " + (i - begin) + " lines");
          }
          begin = -1;
        }
      }
    }
    assertEquals(List.of(), longOnes);
  }

  /** The launcher's `-ef` is in each sh that is in use; its other habits are matters of taste. */
  @Test
  void shellcheckFindsNothingInTheScripts() throws Exception {
    boolean installed = !said("command -v shellcheck").isEmpty();
    assertTrue(
        installed || !"true".equals(System.getenv("CI")), "shellcheck is missing: apt has it");
    assumeTrue(installed, "shellcheck is not installed");
    assertEquals("", said("shellcheck src/build/*.sh .ci/run"));
    assertEquals("", said("shellcheck -e SC1007,SC2015,SC3013 src/main/dist/bin/torc"));
  }

  private static String said(String line) throws IOException {
    Process sh = new ProcessBuilder("sh", "-c", line).redirectErrorStream(true).start();
    return new String(sh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static List<Path> scripts() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main"))) {
      List<Path> found =
          files
              .filter(file -> file.toString().matches(".*(\\.(sh|bash|zsh|fish|js)|/bin/torc)"))
              .sorted()
              .toList();
      assertTrue(found.size() > 15, "only " + found);
      return found;
    }
  }

  @Test
  void everySourceSaysItsJob() throws IOException {
    List<String> silent = new ArrayList<>();
    for (Path source : sources()) {
      String type = source.getFileName().toString().replace(".java", "");
      if (!type.equals("package-info") && !describes(Files.readString(source), type)) {
        silent.add(source + ": no javadoc above " + type);
      }
    }
    assertEquals(List.of(), silent);
  }

  @Test
  void aDescriptionIsAJavadocRightAboveTheType() {
    assertTrue(describes("package a;\n\n/** It. */\npublic record A() {}\n", "A"));
    assertTrue(describes("/**\n * It.\n */\n@B({\n  \"c\"\n})\nfinal class A {}\n", "A"));
    assertEquals(false, describes("/** Other. */\nclass B {}\n\nclass A {}\n", "A"));
    assertEquals(false, describes("/* Plain. */\nclass A {}\n", "A"));
    assertEquals(false, describes("package a;\n\nenum A {}\n", "A"));
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String root : new String[] {"main", "bench"}) {
      sources.addAll(sources(root));
    }
    return sources;
  }

  /** All sources in a folder of src. */
  static List<Path> sources(String root) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src", root))) {
      List<Path> found = files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
      assertTrue(found.size() > 10, "only " + found.size() + " sources in src/" + root);
      return found;
    }
  }

  private static boolean describes(String text, String type) {
    Matcher head =
        Pattern.compile(
                "(?m)\\*/\\n(?:@.*\\n(?:[ )}].*\\n)*)*"
                    + "(?:(?:public|abstract|final|sealed|non-sealed) )*"
                    + "(?:class|interface|enum|record|@interface) "
                    + type
                    + "\\b")
            .matcher(text);
    return head.find() && text.startsWith("/**", text.lastIndexOf("/*", head.start()));
  }
}
