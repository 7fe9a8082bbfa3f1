package dev.torc.base.syntax;

import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.Io;
import dev.torc.base.text.SafeText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Finds the path nearest to a missing one, for messages: a file on disk or a product in whose path
 * each name is the same or slightly mistyped. {@link NearestName} compares the names; here, names
 * with other numbers or words are other files, not typos. It searches only the folders that the
 * path names, and compares a limited number of names. Thread-safe.
 */
public final class NearestPath {

  private static final Pattern NUMBER = Pattern.compile("0*(\\d+)");
  private static final Pattern WORD_END = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");

  private final Path base;
  private final Supplier<List<String>> products;
  private Map<Path, Set<String>> made; // names of products, by folder; null before the first search
  private int names = 200_000; // the most that all searches compare, in less than a second

  /**
   * Creates a search below a folder. Products count as existing paths; the first search gets them.
   */
  public NearestPath(Path base, Supplier<List<String>> products) {
    this.base = base;
    this.products = products;
  }

  private void readProducts() {
    made = new HashMap<>();
    for (String product : products.get()) {
      Path at = base.resolve(product).normalize();
      while (at.getParent() != null
          && made.computeIfAbsent(at.getParent(), _ -> new TreeSet<>()).add(name(at))) {
        at = at.getParent();
      }
    }
  }

  public Path base() {
    return base;
  }

  /**
   * Returns the end of a message about a missing file or folder. {@code shown} is its path in the
   * message, which may be relative to any folder.
   */
  public static String hint(Path missing, String shown) {
    Path base = missing.getRoot();
    Path end = Path.of(shown).normalize();
    if (!end.isAbsolute() && missing.endsWith(end)) {
      int names = missing.getNameCount() - end.getNameCount();
      base = names == 0 ? base : base.resolve(missing.subpath(0, names));
    }
    boolean inside = !base.equals(missing.getRoot());
    return new NearestPath(base, List::of).hint(inside ? shown : missing.toString());
  }

  /** Returns the hint in parentheses, for the middle of a message. */
  public String inParentheses(String path) {
    return parenthesized(hint(path));
  }

  public static String inParentheses(Path missing, String shown) {
    return parenthesized(hint(missing, shown));
  }

  public static String parenthesized(String hint) {
    return hint.isEmpty() ? "" : " (" + hint.substring(2) + ")";
  }

  /**
   * Returns {@code "; did you mean X?"}, or names the dangling symlink on the path; empty if
   * nothing is near.
   */
  public synchronized String hint(String path) {
    Path wanted = base.resolve(path).normalize();
    boolean inside = wanted.startsWith(base) && !wanted.equals(base) && !Path.of(path).isAbsolute();
    String module = Submodules.hint(base, wanted);
    if (!module.isEmpty()) {
      return module;
    }
    Path start = inside ? base : wanted.getRoot();
    for (Path at = wanted; at.startsWith(start) && !at.equals(start); at = at.getParent()) {
      if (Files.isSymbolicLink(at) && !Files.exists(at)) {
        String link = SafeText.name((inside ? base.relativize(at) : at).toString());
        Path symlink = at; // which may have been removed meanwhile
        String to =
            Io.or(() -> SafeText.name(Files.readSymbolicLink(symlink).toString()), "a path");
        return "; " + link + " is a symlink to " + to + ", which does not exist";
      }
    }
    boolean below = !base.equals(base.getRoot()) && path.startsWith("/") && path.length() > 1;
    if (below && !Files.exists(wanted) && Files.exists(base.resolve(path.substring(1)))) {
      return NearestName.question(path, path.substring(1)); // /x as in .gitignore
    }
    Path near = start;
    for (Path name : start.relativize(wanted)) {
      String meant = meant(near, name.toString());
      if (meant == null) {
        return "";
      }
      near = near.resolve(meant);
    }
    if (near.equals(wanted)) {
      return "";
    }
    boolean folder = path.endsWith("/") ? !Files.isRegularFile(near) : Files.isDirectory(near);
    String end = folder ? "/" : "";
    return NearestName.question(path, inside ? base.relativize(near) + end : near + end);
  }

  /**
   * Returns the end of a message about a program that is not on the PATH. Relative folders of the
   * PATH are below {@code dir}.
   */
  public static String program(Path dir, String path, String program) {
    List<String> all = new ArrayList<>();
    for (String folder : path.split(":", -1)) {
      Path at = dir.resolve(folder);
      for (String name : new NearestPath(dir, List::of).names(at)) {
        if (isSlip(program, name) && Files.isExecutable(at.resolve(name))) {
          all.add(name);
        }
      }
    }
    String near = program.startsWith("-") ? null : NearestName.to(program, all); // a recipe of make
    return near == null ? "" : NearestName.question(program, near);
  }

  /** Returns the name in a folder that is probably meant, the same one first; null if none is. */
  private String meant(Path folder, String wanted) {
    Set<String> all = names(folder);
    names -= all.size();
    if (all.contains(wanted) || names < 0) {
      return all.contains(wanted) ? wanted : null;
    }
    List<String> numbers = numbers(wanted);
    all.removeIf(name -> !isSlip(wanted, name) || !numbers(name).equals(numbers));
    return NearestName.to(wanted, all);
  }

  private static boolean isSlip(String wanted, String name) {
    int most = Math.max(1, wanted.length() / 6);
    String folded = NearestName.folded(wanted);
    String other = NearestName.folded(name);
    return folded.equals(other)
        || Math.abs(folded.length() - other.length()) <= most
            && NearestName.distance(folded, other) <= most
            && keepsWords(WORD_END.split(folded), WORD_END.split(other));
  }

  /**
   * Returns whether no word was replaced by another: {@code dir_a} is not a typo for {@code dir_b}.
   */
  private static boolean keepsWords(String[] wanted, String[] name) {
    boolean keeps = true;
    for (int i = 0; wanted.length == name.length && i < name.length; i++) {
      int shorter = Math.min(wanted[i].length(), name[i].length());
      keeps &= wanted[i].equals(name[i]) || NearestName.distance(wanted[i], name[i]) < shorter;
    }
    return keeps;
  }

  private static List<String> numbers(String name) {
    return NUMBER.matcher(name).results().map(found -> found.group(1)).toList();
  }

  /** Returns the names in a folder, on disk and of products. */
  private Set<String> names(Path folder) {
    if (made == null) {
      readProducts();
    }
    Set<String> names = new TreeSet<>(made.getOrDefault(folder, Set.of()));
    // If the folder cannot be read, only products count.
    Io.or(() -> FileTree.entries(folder), List.<Path>of()).forEach(each -> names.add(name(each)));
    return names;
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }
}
