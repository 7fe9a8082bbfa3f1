package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out which var a placeholder such as {@code {samples[sample]}} or {@code
 * {filters.hard[kind].max}} means: one of a nested map, under the value of a parameter or var whose
 * name is in brackets. {@link Placeholder} finds the braces; afterwards the placeholder is one of
 * that var.
 */
final class VarLookup {

  /** The name of a map, then names in brackets; digits in brackets are an index of a list. */
  private static final Pattern FORM =
      Pattern.compile("([^\\[\\]{}]+)(?:\\[(?![0-9]+\\])[^\\[\\]{}]+\\](?:\\.[^\\[\\]{}:]+)?)+");

  private static final Pattern KEY = Pattern.compile("\\[([^\\]]+)\\]");

  /** A map and a key in brackets or behind a dot, perhaps in quotes or after a {@code $}. */
  private static final Pattern NEAR =
      Pattern.compile(
          "([\\w.-]*[\\w-])(?:\\.?\\[|\\.(?=\\$))[\"'$]?([^\\[\\]\"'$]+)[\"']?\\]?(.*)");

  private VarLookup() {}

  /** Returns whether a name in braces looks something up in one of the maps. */
  static boolean is(String name, Vars vars) {
    return is(name, vars.maps());
  }

  static boolean is(String name, Map<String, SequencedSet<String>> maps) {
    Matcher form = maps.isEmpty() ? null : FORM.matcher(name);
    return form != null && form.matches() && maps.containsKey(form.group(1));
  }

  static List<String> keys(String name) {
    return KEY.matcher(name).results().map(found -> found.group(1)).toList();
  }

  /**
   * Returns the placeholder of the var that a placeholder looks up; returns any other placeholder
   * unchanged.
   */
  static Placeholder resolved(Placeholder hole, Scope scope, Place place) {
    return scope.vars().has(hole.name()) || !is(hole.name(), scope.vars())
        ? hole
        : new Placeholder(
            hole.written(), var(hole, scope, place), hole.index(), null, hole.format());
  }

  /**
   * Returns the name of the var that a name in braces means; the name itself if the lookup has an
   * error.
   */
  static String find(String name, Scope scope) {
    try {
      Placeholder hole = new Placeholder("{" + name + "}", name, -1, null, null);
      return name.indexOf('[') < 0 ? name : resolved(hole, scope, Place.NONE).name();
    } catch (BadInput e) {
      return name; // reported where the text is read
    }
  }

  /** Returns the var's name; {@link Scope#ANY_PATH} if the value of a parameter is unknown. */
  private static String var(Placeholder hole, Scope scope, Place place) {
    String name = hole.name();
    StringBuilder var = new StringBuilder();
    boolean any = false;
    int from = 0;
    for (MatchResult key : KEY.matcher(name).results().toList()) {
      String map = var.append(name, from, key.start()).toString();
      String value = scope.keyOf(key.group(1));
      if (value == null && scope.vars().unset().containsKey(key.group(1))) {
        return key.group(1); // an error of the jobs that are selected
      } else if (value == null) {
        throw unknown(hole, key.group(1), map, scope, place);
      }
      any |= Scope.isAny(value);
      SequencedSet<String> keys = scope.vars().maps().get(map);
      if (!any && keys == null) {
        throw new BadInput(place, hole.written() + ": " + map + " is not a map");
      } else if (!any && !keys.contains(value)) {
        String has = "; it has " + SafeText.names(List.copyOf(keys), 10);
        String near = NearestName.hint(value, keys);
        throw new BadInput(
            place,
            "%s: %s has no %s%s"
                .formatted(hole.written(), map, SafeText.name(value), near.isEmpty() ? has : near));
      }
      var.append('.').append(value);
      from = key.end();
    }
    String found = var.append(name, from, name.length()).toString();
    SequencedSet<String> inner = any ? null : scope.vars().maps().get(found);
    if (inner != null) {
      String one = inner.isEmpty() ? "NAME" : inner.getFirst();
      throw new BadInput(
          place,
          "%s: %s is a map; name one of its values, such as {%s.%s}"
              .formatted(hole.written(), found, name, one));
    }
    return any ? Scope.ANY_PATH : found;
  }

  private static BadInput unknown(
      Placeholder hole, String key, String map, Scope scope, Place place) {
    SequencedSet<String> keys = scope.vars().maps().get(map);
    String plain = key.replaceAll("[\"'$]", "");
    List<String> known = scope.names().filter(name -> scope.keyOf(name) != null).toList();
    String near = NearestName.to(plain, known);
    String hint =
        keys != null && keys.contains(plain) && !known.contains(plain)
            ? "; did you mean {" + map + "." + plain + "}?"
            : near != null
                ? "; did you mean {" + map + "[" + near + "]}?"
                : "; in brackets there must be a parameter, or a var that is a text";
    return new BadInput(place, "unknown placeholder " + hole.written() + hint);
  }

  /**
   * Returns the lookup that a text in braces nearly is, such as {@code samples["A"]} or {@code
   * samples.$sample}; null if there is none.
   */
  static String nearest(String inside, Vars vars, Placeholder.Names names) {
    Matcher near = NEAR.matcher(inside);
    if (!near.matches()) {
      return null;
    }
    String key = near.group(2);
    String map = near.group(1);
    map = vars.maps().containsKey(map) ? map : NearestName.to(map, vars.maps().keySet());
    if (map == null || !names.has(key) && !vars.maps().get(map).contains(key)) {
      return null;
    }
    String looked = names.has(key) ? "[" + key + "]" : "." + key;
    return "{" + map + looked + near.group(3) + "}";
  }

  /**
   * Returns a text in braces that has placeholders in it, such as {@code {samples.{sample}}}, as a
   * lookup; null if it is another text, such as a list of the shell.
   */
  static String flattened(String text, int open, Placeholder.Names names) {
    StringBuilder out = new StringBuilder("{");
    boolean inner = false;
    for (int i = open + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '}') {
        return inner ? out.append('}').toString() : null;
      } else if (c == '{') {
        Placeholder hole = Placeholder.at(text, i, names, false);
        if (hole == null || out.length() < 2) {
          return null;
        }
        char last = out.charAt(out.length() - 1);
        if (last == '.' || last == '[') {
          out.setLength(out.length() - 1);
        }
        String written = hole.written();
        out.append('[').append(written, 1, written.length() - 1).append(']');
        i += written.length() - (last == '[' && text.startsWith("]", i + written.length()) ? 0 : 1);
        inner = true;
      } else if (" \t\r\n,;\"'".indexOf(c) >= 0) {
        return null;
      } else {
        out.append(c);
      }
    }
    return null;
  }

  /** Returns the text from an opening brace to the one that closes it. */
  static String whole(String text, int open) {
    int depth = 0;
    int end = open;
    do {
      depth += text.charAt(end) == '{' ? 1 : text.charAt(end) == '}' ? -1 : 0;
    } while (depth > 0 && ++end < text.length());
    return text.substring(open, end + 1);
  }
}
