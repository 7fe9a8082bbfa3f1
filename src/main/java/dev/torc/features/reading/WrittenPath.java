package dev.torc.features.reading;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.Ref;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What a path in the build file refers to: a file, a folder, the files of a pattern, or an
 * exclusion. {@link Paths} normalizes names. The graph checks whether these files exist.
 */
public final class WrittenPath {

  private WrittenPath() {}

  /** Returns what an entry of {@code needs} or {@code produces} refers to. */
  public static Ref ref(Paths paths, String text, Place place, boolean need) {
    if (text.isEmpty()) {
      throw new BadInput(place, "an empty path");
    }
    if (text.length() > Paths.LONGEST) {
      throw new BadInput(place, "longer than a path can be (" + Paths.LONGEST + ")");
    }
    String own = text.startsWith("!") ? text.substring(1) : text;
    if (own.startsWith(Paths.OUTER)) {
      String not = text.substring(0, text.length() - own.length());
      return ref(paths.outer(), not + own.substring(Paths.OUTER.length()), place, need);
    }
    Paths.refuseForeign(own, place);
    try {
      if (text.startsWith("!")) {
        return new Ref.Exclude(place, exclude(paths, text.substring(1)));
      }
      String literalText = text.endsWith("/") ? Glob.ownText(text) : null; // [id]/ is a folder
      if (literalText == null && Glob.isPattern(text)) {
        String pattern = pattern(paths, text);
        if (!need) {
          Glob.withoutBraces(pattern).forEach(each -> refuseReserved(each, place));
        }
        return new Ref.OfGlob(place, pattern);
      }
      String literal = literalText == null ? Glob.unescape(text) : literalText;
      String path = paths.normalize(literal);
      String last = literal.substring(literal.lastIndexOf('/') + 1);
      boolean folder = path.equals(".") || Paths.DOTS.contains(last);
      if (!need) {
        refuseProduct(paths.root().toString(), path, place);
      }
      return folder ? new Ref.OfFolder(place, path) : new Ref.OfFile(place, path);
    } catch (IllegalArgumentException e) {
      throw new BadInput(place, e.getMessage());
    }
  }

  /**
   * Returns the normalized path of the file that a key names; refuses a folder, an exclusion, and a
   * pattern that cannot be a name.
   */
  public static String file(Paths paths, String text, Place place, String key) {
    Ref ref = ref(paths, text, place, true);
    String own = ref instanceof Ref.OfGlob glob ? Glob.ownText(glob.pattern()) : null;
    if (own == null && !(ref instanceof Ref.OfFile)) {
      throw new BadInput(place, key + " names one file, not a folder or a pattern");
    }
    return own == null ? ref.text() : own;
  }

  private static void refuseProduct(String root, String path, Place place) {
    boolean above =
        path.startsWith("/")
            && (path.equals("/") || root.equals(path) || root.startsWith(path + "/"));
    if (above || path.equals(".")) {
      throw new BadInput(place, "the root, or a folder above it, cannot be a product");
    }
    refuseReserved(path, place);
  }

  /** Refuses a product in a reserved folder, also in another letter case, as some systems do. */
  private static void refuseReserved(String path, Place place) {
    String lower = path.toLowerCase(Locale.ROOT);
    if (lower.equals(".torc") || lower.startsWith(".torc/")) {
      throw new BadInput(place, path + " belongs to torc; choose another place");
    }
    if (lower.contains(".git") && List.of(lower.split("/")).contains(".git")) {
      throw new BadInput(place, path + " is in .git, which belongs to git; choose another path");
    }
  }

  private static String exclude(Paths paths, String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("nothing follows the !");
    }
    if (Glob.isPattern(text)) {
      return pattern(paths, text.endsWith("/") ? text + "**" : text);
    }
    String literal = Glob.unescape(text);
    String path = Glob.escape(paths.normalize(literal));
    return literal.endsWith("/") ? path + "/**" : path;
  }

  /** Normalizes a pattern: only the part before its first special component is a path. */
  private static String pattern(Paths paths, String text) {
    if (Paths.URL.matcher(text).lookingAt()) {
      paths.normalize(text); // refuses it and shows all of it
    }
    int cut = text.lastIndexOf('/', Glob.firstSpecial(text)) + 1;
    String rest = text.substring(cut);
    if (rest.endsWith("/")) {
      throw new IllegalArgumentException(
          text + ": a pattern matches files; write " + text + "** for the files in the folders");
    }
    if (!Collections.disjoint(List.of(rest.split("/", -1)), Paths.DOTS)) {
      throw new IllegalArgumentException(
          text + ": empty, . and .. cannot follow a wildcard in a pattern");
    }
    String prefix =
        cut == 0 ? paths.folder() : paths.normalize(Glob.unescape(text.substring(0, cut)));
    String pattern =
        switch (prefix) {
          case "." -> rest;
          case "/" -> "/" + rest;
          default -> Glob.escape(prefix) + "/" + rest;
        };
    Glob.of(pattern); // refuses an invalid glob
    return pattern;
  }
}
