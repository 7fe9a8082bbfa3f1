package dev.torc.base.syntax;

import dev.torc.base.posix.Walk;
import dev.torc.base.text.SafeText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Normalizes paths: relative to the root inside it, absolute outside. A {@code ..} is walked as the
 * kernel does ({@link Walk}); no other symlink is followed. The paths of a package begin in its
 * folder ({@link #in}).
 */
public final class Paths {

  /** Begins a path or name that is written in the build file that includes a package. */
  public static final String OUTER = "\u0002";

  /** Bytes of the longest path that Linux allows, from the top of the file system. */
  public static final int LONGEST = 4095;

  /** Bytes of the longest name in a path that file systems commonly allow. */
  private static final int NAME = 255;

  /** A name of at most this many characters has at most {@link #NAME} bytes of UTF-8. */
  private static final int SURE = NAME / 3;

  public static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");

  /** Matches what a shell would expand at the start of a path, before a slash or at the end. */
  private static final Pattern VARIABLE =
      Pattern.compile("(?:~|\\$\\{?([A-Z_][A-Z0-9_]*)\\}?)(?=/|$)");

  /** Names of folders that add nothing to a path, or lead up. */
  public static final Set<String> DOTS = Set.of("", ".", "..");

  /** Matches a backslash before a character that is not special in a pattern. */
  private static final Pattern BACKSLASH =
      Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*+\\\\[\\p{L}\\p{N}_]");

  private final Path base;
  private final List<String> root;
  private final String rootText;
  private final SortedMap<String, List<String>> ways;
  private final Paths outer;
  private final String folder;

  /** Creates the names of a root, given its real path. */
  public Paths(Path root) {
    this.base = root;
    this.root = names(root);
    this.rootText = "/" + String.join("/", this.root);
    this.ways = new ConcurrentSkipListMap<>();
    this.outer = null;
    this.folder = ".";
  }

  private Paths(Paths outer, String folder) {
    this.base = outer.base;
    this.root = outer.root;
    this.rootText = outer.rootText;
    this.ways = outer.ways;
    this.outer = outer;
    this.folder = folder;
  }

  /** Returns the paths of a package in a folder of the root. */
  public Paths in(String folder) {
    return new Paths(this, folder);
  }

  /** Returns the paths of the build file that includes the package; of the root, these. */
  public Paths outer() {
    return outer == null ? this : outer;
  }

  /** Returns the paths that begin in the root. */
  public Paths ofRoot() {
    return outer == null ? this : outer.ofRoot();
  }

  /** Returns the folder in which relative paths begin; {@code .} is the root. */
  public String folder() {
    return folder;
  }

  public Path root() {
    return base;
  }

  /** Returns a file's name as seen from a folder: relative if it lies below, else absolute. */
  public static String named(Path folder, Path file) {
    return (file.startsWith(folder) ? folder.relativize(file) : file).toString();
  }

  private static List<String> names(Path path) {
    List<String> names = new ArrayList<>();
    path.forEach(name -> names.add(name.toString()));
    return names;
  }

  /**
   * Returns where the ways of all names led so far, without ways that only lead out of the root.
   */
  public SortedMap<String, List<String>> ways() {
    return ways;
  }

  /** Refuses a path with {@code ~} or {@code $DATA/}, or with backslashes between folders. */
  public static void refuseForeign(String text, Place place) {
    char first = text.isEmpty() ? '.' : text.charAt(0);
    Matcher home = first == '~' || first == '$' ? VARIABLE.matcher(text) : null;
    if (home != null && home.lookingAt()) {
      String name = first == '~' ? "HOME" : home.group(1);
      if (name.equals("TORC_ROOT") || name.equals("PWD")) {
        throw new BadInput(
            place, text + ": paths begin at the root; leave " + home.group() + "/ out");
      }
      String rest = text.substring(home.end());
      throw new BadInput(
          place,
          "%s: %s is not expanded in a path; write vars: {%s: \"{env.%s}\"} and {%3$s}%s (./%2$s is what has this very name)"
              .formatted(text, home.group(), name.toLowerCase(Locale.ROOT), name, rest));
    }
    if (text.indexOf('\\') >= 0 && BACKSLASH.matcher(text).find()) {
      throw new BadInput(
          place, text + ": use / between folders, or \\\\ if the name has a backslash in it");
    }
  }

  /**
   * Normalizes a path; {@code .} is the root itself. Throws {@link IllegalArgumentException} with
   * the reason if the path is too long for any file.
   */
  public String normalize(String path) {
    if (outer == null) {
      return fromRoot(path);
    } else if (path.startsWith(OUTER)) {
      return outer.normalize(path.substring(OUTER.length()));
    }
    return URL.matcher(path).lookingAt() ? fromRoot(path) : below(folder, path);
  }

  private String fromRoot(String path) {
    String normal = normal(path);
    return normal.length() > SURE ? fitting(normal) : normal;
  }

  /** Returns whether a name in a path is longer than file systems take. */
  public static boolean isTooLong(String path) {
    return Stream.of(path.split("/")).anyMatch(name -> name.length() > SURE && bytes(name) > NAME);
  }

  private String fitting(String path) {
    for (int from = 0, end; from < path.length(); from = end + 1) {
      int slash = path.indexOf('/', from);
      end = slash < 0 ? path.length() : slash;
      if (end - from > SURE && bytes(path.substring(from, end)) > NAME) {
        throw new IllegalArgumentException(
            "the name %s is longer than file systems take (%s bytes); shorten it"
                .formatted(SafeText.line(path.substring(from, end), 40), NAME));
      }
    }
    String whole = path.startsWith("/") ? path : rootText + "/" + path;
    if (whole.length() > LONGEST / 3 && bytes(whole) > LONGEST) {
      throw new IllegalArgumentException(
          "longer than a path can be (" + LONGEST + " bytes, with the root's)");
    }
    return path;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private String normal(String path) {
    boolean absolute = path.startsWith("/");
    if (!hasDots(path, absolute ? 1 : 0) && !(absolute && path.startsWith(rootText))) {
      return path; // as most paths are
    }
    List<String> written = List.of(path.substring(absolute ? 1 : 0).split("/", -1));
    if (URL.matcher(path).lookingAt()) {
      throw new IllegalArgumentException(
          "%s is a URL, not a file; let a command transfer it, see \"A file in S3 or on the web\" in share/doc/recipes.md of torc"
              .formatted(path));
    }
    int up = written.lastIndexOf("..") + 1;
    List<String> names = absolute ? new ArrayList<>() : new ArrayList<>(root);
    if (up > 0) {
      String way = way(path);
      names = names(Walk.to(base, way));
      if (!way.replace("../", "").equals("..")) {
        ways.put(way, List.of(name(names)));
      }
    }
    written.stream().skip(up).filter(name -> !DOTS.contains(name)).forEach(names::add);
    return name(names);
  }

  private static boolean hasDots(String path, int first) {
    int end;
    for (int from = first; from <= path.length(); from = end + 1) {
      int slash = path.indexOf('/', from);
      end = slash < 0 ? path.length() : slash;
      if (end - from <= 2 && DOTS.contains(path.substring(from, end))) {
        return true;
      }
    }
    return false;
  }

  /** Returns the {@linkplain Walk way} of a path relative to {@code dir}; empty if it has none. */
  public String way(String dir, String path) {
    return way(dir.equals(".") || path.startsWith("/") ? path : dir + "/" + path);
  }

  private String way(String path) {
    return Walk.way(path.startsWith(rootText + "/") ? path.substring(rootText.length() + 1) : path);
  }

  private String name(List<String> names) {
    if (names.size() >= root.size() && names.subList(0, root.size()).equals(root)) {
      List<String> below = names.subList(root.size(), names.size());
      return below.isEmpty() ? "." : String.join("/", below);
    }
    return "/" + String.join("/", names);
  }

  /** Normalizes a path relative to {@code dir}, which is itself normalized. */
  public String below(String dir, String path) {
    return fromRoot(dir.equals(".") || path.startsWith("/") ? path : dir + "/" + path);
  }
}
