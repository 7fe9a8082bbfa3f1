package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class GlobTest {

  @Test
  void bracesHaveABound() {
    assertThrows(IllegalArgumentException.class, () -> Glob.of("{a,b}".repeat(500)));
    Glob most = Glob.of("{a,b}".repeat(9));
    assertTrue(most.matches("ababababa"));
    assertTrue(most.matches("{a,b}".repeat(9)));
    assertTrue(most.overlaps(most));
  }

  /** Patterns over a, b and dot, with at most three components of at most three letters. */
  @Provide
  Arbitrary<String> patterns() {
    Arbitrary<String> atom =
        Arbitraries.of("a", "b", "*", "?", "[ab]", "[!a]", "{a,b}", ".", "{a,*b}", "a", "[a-b.]");
    Arbitrary<String> component =
        Arbitraries.oneOf(
            Arbitraries.just("**"),
            atom.list().ofMinSize(1).ofMaxSize(3).map(l -> String.join("", l)));
    return component
        .filter(c -> !c.equals(".") && !c.equals(".."))
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(l -> String.join("/", l));
  }

  /** Returns a path that contains the brackets and braces of a pattern literally. */
  private static String own(String pattern) {
    return pattern.replaceAll("[*]+|[?]", "a");
  }

  @Property(tries = 300)
  void matchesItsOwnText(@ForAll("patterns") String pattern) {
    assertTrue(Glob.of(pattern).matches(own(pattern)), pattern);
  }

  private static final List<String> NAMES = names();
  private static final List<String> PATHS = paths();

  private static List<String> names() {
    List<String> names = new ArrayList<>(List.of("a", "b", "."));
    for (int from = 0, to = 3, n = 0; n < 2; n++, from = to, to = names.size()) {
      for (String name : List.copyOf(names.subList(from, Math.max(to, names.size())))) {
        Stream.of("a", "b", ".").forEach(c -> names.add(name + c));
      }
    }
    return names.stream().distinct().filter(n -> !n.equals(".") && !n.equals("..")).toList();
  }

  private static List<String> paths() {
    List<String> paths = new ArrayList<>(NAMES);
    for (String a : NAMES) {
      for (String b : NAMES) {
        paths.add(a + "/" + b);
      }
    }
    return paths;
  }

  @Property(tries = 300)
  void matchesLikeANaiveOracle(@ForAll("patterns") String pattern) {
    Glob glob = Glob.of(pattern);
    List<String> alternatives = alternatives(pattern);
    for (String path : PATHS) {
      boolean expected =
          alternatives.stream()
              .anyMatch(a -> paths(List.of(a.split("/")), List.of(path.split("/"))));
      assertEquals(expected, glob.matches(path), () -> pattern + " on " + path);
    }
  }

  @Property(tries = 300)
  void overlapsWhereAPathMatchesBoth(
      @ForAll("patterns") String one, @ForAll("patterns") String other) {
    Glob a = Glob.of(one);
    Glob b = Glob.of(other);
    boolean found =
        Stream.concat(PATHS.stream(), Stream.of(own(one), own(other)))
            .anyMatch(path -> a.matches(path) && b.matches(path));
    if (found) {
      assertTrue(a.overlaps(b), () -> one + " and " + other);
    }
    assertEquals(a.overlaps(b), b.overlaps(a));
    if (a.overlaps(b) && !found) {
      // A common path may be longer than those tried, but not if both patterns are this short.
      assertTrue(
          one.contains("/") || other.contains("/") || one.length() + other.length() > 5,
          () -> one + " and " + other);
    }
  }

  @Property(tries = 1000)
  void aCoveringGlobMatchesAllOfTheOther(
      @ForAll("patterns") String one, @ForAll("patterns") String other) {
    Glob a = Glob.of(one);
    Glob b = Glob.of(other);
    assertTrue(a.covers(a), one);
    if (a.covers(b)) {
      PATHS.stream()
          .filter(b::matches)
          .forEach(path -> assertTrue(a.matches(path), () -> one + ", " + other + ": " + path));
    }
  }

  @Property(tries = 300)
  void allMatchesLieBelowThePrefix(@ForAll("patterns") String pattern) {
    Glob glob = Glob.of(pattern);
    String prefix = glob.fixedPrefix();
    for (String path : PATHS) {
      if (glob.matches(path)) {
        assertTrue(prefix.isEmpty() || path.startsWith(prefix + "/"));
      }
    }
  }

  @Property(tries = 300)
  void theFoldersAboveEachMatchAreEntered(@ForAll("patterns") String pattern) {
    Glob glob = Glob.of(pattern);
    Stream.concat(PATHS.stream(), Stream.of(own(pattern)))
        .filter(glob::matches)
        .forEach(
            path -> {
              for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
                assertTrue(glob.leadsInto(path.substring(0, end)), () -> pattern + " on " + path);
              }
            });
  }

  /** A shut folder that cannot match, or one with a million files, does not matter. */
  @Test
  void aFolderThatCannotMatchIsNotListed() throws IOException {
    try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
      Path root = Files.createDirectories(files.getPath("/p"));
      for (String file : List.of("app/x/y/a.js", "lib/b.js", "node_modules/m/c.js", ".c/d.js")) {
        Files.createDirectories(root.resolve(file).getParent());
        Files.createFile(root.resolve(file));
      }
      GlobWalk.Found found = GlobWalk.find(root, Glob.of("{app,lib}/**/*.js"), List.of());
      assertEquals(List.of("app/x/y/a.js", "lib/b.js"), found.files());
      assertEquals(List.of(".", "app", "app/x", "app/x/y", "lib"), found.folders());
      found = GlobWalk.find(root, Glob.of("*/x/*.js"), List.of());
      assertEquals(List.of(".", "app", "app/x", "lib", "node_modules"), found.folders());
    }
  }

  /** A thousand packages are a thousand looks, however many files each has. */
  @Test
  void onlyANameOfThePatternIsLookedAt() throws IOException {
    try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
      Path root = Files.createDirectories(files.getPath("/p"));
      for (String file :
          List.of("a/x/f.js", "b/x/g.js", "c/y/f.js", "d/x", "e/x/f.js/deep", ".h/x/f.js")) {
        Files.createDirectories(root.resolve(file).getParent());
        Files.createFile(root.resolve(file));
      }
      Files.createSymbolicLink(root.resolve("l"), root.resolve("a"));
      Files.createDirectories(root.resolve("m/x"));
      Files.createSymbolicLink(root.resolve("m/x/f.js"), root.resolve("a/x/f.js"));
      GlobWalk.Found found = GlobWalk.find(root, Glob.of("*/x/f.js"), List.of());
      assertEquals(List.of("a/x/f.js", "m/x/f.js"), found.files());
      assertEquals(Set.of("m/x/f.js"), found.links());
      List<String> folders = List.of(".", "a", "a/x", "b", "b/x", "c", "d", "e", "e/x", "m", "m/x");
      assertEquals(folders, found.folders());
      String under = "/p/*/x/f.js";
      assertEquals(List.of("/p/a/x/f.js", "/p/m/x/f.js"), GlobWalk.files(root, Glob.of(under)));
      assertEquals(List.of("e/x/f.js/deep"), GlobWalk.files(root, Glob.of("?/x/f.js/deep")));
      assertEquals(List.of(), GlobWalk.files(root, Glob.of("*/.torc/f.js")));
    }
  }

  @Test
  void aPatternMayBeginRightBelowTheRootOfTheFileSystem() throws IOException {
    try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
      Path root = Files.createDirectories(files.getPath("/home/project"));
      Files.createFile(files.getPath("/a.cfg"));
      Files.createFile(files.getPath("/home/b.cfg"));
      assertEquals(List.of("/a.cfg"), GlobWalk.files(root, Glob.of("/*.cfg")));
      assertEquals(List.of("/home/b.cfg"), GlobWalk.files(root, Glob.of("/h*/*.cfg")));
      assertEquals(List.of("/a.cfg", "/home/b.cfg"), GlobWalk.files(root, Glob.of("/**/*.cfg")));
    }
  }

  @Property
  void anEscapedTextIsAPathThatMeansItself(@ForAll String text) {
    assertFalse(Glob.isPattern(Glob.escape(text)));
    assertEquals(text, Glob.unescape(Glob.escape(text)));
  }

  /** The simplest code that could be right: textual braces, then plain recursion. */
  private static List<String> alternatives(String pattern) {
    int open = pattern.indexOf('{');
    if (open < 0) {
      return List.of(pattern);
    }
    int close = pattern.indexOf('}', open);
    List<String> out = new ArrayList<>();
    for (String choice : pattern.substring(open + 1, close).split(",")) {
      out.addAll(alternatives(pattern.substring(0, open) + choice + pattern.substring(close + 1)));
    }
    return out;
  }

  private static boolean paths(List<String> pattern, List<String> path) {
    if (pattern.isEmpty() || path.isEmpty()) {
      return pattern.isEmpty() && path.isEmpty();
    }
    List<String> restOfPattern = pattern.subList(1, pattern.size());
    List<String> restOfPath = path.subList(1, path.size());
    if (pattern.getFirst().equals("**")) {
      boolean visible = !path.getFirst().startsWith(".");
      return !restOfPattern.isEmpty() && paths(restOfPattern, path)
          || visible
              && (paths(pattern, restOfPath) || restOfPattern.isEmpty() && restOfPath.isEmpty());
    }
    String first = pattern.getFirst();
    boolean visible = !path.getFirst().startsWith(".") || first.startsWith(".");
    return visible && name(first, path.getFirst()) && paths(restOfPattern, restOfPath);
  }

  private static boolean name(String pattern, String name) {
    if (pattern.isEmpty()) {
      return name.isEmpty();
    }
    char p = pattern.charAt(0);
    if (p == '*') {
      return name(pattern.substring(1), name)
          || !name.isEmpty() && name(pattern, name.substring(1));
    }
    if (name.isEmpty()) {
      return false;
    }
    char c = name.charAt(0);
    if (p == '[') {
      int end = pattern.indexOf(']');
      boolean in =
          switch (pattern.substring(1, end)) {
            case "ab" -> c == 'a' || c == 'b';
            case "!a" -> c != 'a';
            default -> c == 'a' || c == 'b' || c == '.';
          };
      return in && name(pattern.substring(end + 1), name.substring(1));
    }
    return (p == '?' || p == c) && name(pattern.substring(1), name.substring(1));
  }
}
