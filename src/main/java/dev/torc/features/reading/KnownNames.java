package dev.torc.features.reading;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Template;
import java.text.Normalizer;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names that are known in one text. This class reports braces whose content is almost a known
 * name, and double braces around an unknown name, so that a mistyped placeholder is not silently
 * taken literally. {@link Placeholder} finds the braces; {@link Scope} has the values.
 */
public record KnownNames(Scope scope, Place place, Near near) implements Placeholder.Names {

  /** Words of awk that stand alone in braces: {@code awk '{print}'}. */
  public static final Set<String> AWK = Set.of("print", "next", "nextfile", "exit", "getline");

  /** The names of torc's commands, which {@code torc NAME} means instead of a job. */
  public static final Set<String> COMMANDS =
      Set.of(
          """
          build watch stop why clean adopt status list check graph log shell data events report history
          store init import slurm server doctor completion help
          """
              .split("\\s+"));

  /** What to do about a name that is almost known. */
  public enum Near {
    /** An error, as in paths, where such a text is hardly meant. */
    ERROR,
    /** A warning, as in commands, which may contain any text. */
    WARNING,
    /** Nothing, as in texts that are only shown. */
    NOTHING
  }

  @Override
  public boolean has(String name) {
    return scope.vars().has(name)
        || !name.isEmpty() && scope.parameters().containsKey(name)
        || scope.columns().containsKey(name)
        || VarLookup.is(name, scope);
  }

  @Override
  public Collection<String> withBraces() {
    return scope.withBraces();
  }

  @Override
  public boolean mayHaveMore() {
    return scope.parameters().containsKey(Scope.ALL);
  }

  @Override
  public boolean escapes() {
    return near == Near.WARNING; // in paths, a backslash is hardly meant so
  }

  @Override
  public void checkDoubled(Placeholder hole) {
    String name = hole.name();
    boolean known =
        has(name)
            || mayHaveMore()
            || name.equals("job")
            || Template.SLOTS.contains(name)
            || Scope.isCaller(hole)
            || AWK.contains(name); // in awk, {print} and {{print}} are the same
    if (!known) {
      String line =
          "double braces stand for single ones: {%1$s} is %1$s here; write {{%1$s}} for {%1$s}";
      scope.problems().warn(place, line.formatted(hole.written()));
    }
  }

  @Override
  public void checkText(String inside) {
    String written = "{" + inside + "}";
    String meant =
        near == Near.NOTHING || scope.vars().maps().isEmpty()
            ? null
            : VarLookup.nearest(inside, scope.vars(), this);
    Placeholder hole =
        near == Near.NOTHING || meant != null
            ? null
            : Placeholder.known(written, 0, written.length() - 1, name -> nearest(name) != null);
    if (hole != null) {
      String name = nearest(hole.name());
      meant = "{" + name + written.substring(hole.name().length() + 1);
      meant += isForm(name, hole.name()) ? " in its other form of Unicode" : ""; // looks the same
    }
    if (meant == null && near != Near.NOTHING) {
      meant = nearForm(inside);
    }
    if (meant != null && near == Near.WARNING) {
      scope.problems().warn(place, "%s is text here; did you mean %s?".formatted(written, meant));
    } else if (meant != null) {
      throw new BadInput(
          place,
          "unknown placeholder %s; did you mean %s, or \\%1$s for the text?"
              .formatted(written, meant));
    }
  }

  /**
   * Returns the placeholder that is nearest to a text in braces that begins with a known name; null
   * if the text is hardly meant as one.
   */
  String nearForm(String inside) {
    for (int end = inside.length() - 1; end > 0; end--) {
      String head = inside.substring(0, end);
      if (NearForm.ends(inside.charAt(end)) && (scope.isHead(head) || isSlot(head))) {
        String rest = inside.substring(end);
        return NearForm.isOther(rest) ? null : "{" + head + NearForm.of(rest, known(head)) + "}";
      }
    }
    return null;
  }

  private boolean isSlot(String name) {
    return scope.job() != null && (Template.SLOTS.contains(name) || name.equals("job"));
  }

  private NearForm.Known known(String head) {
    Value value = scope.valueOf(head);
    Collection<String> keys =
        value instanceof Value.Fields map
            ? map.values().keySet()
            : value == null ? scope.vars().maps().get(head) : null;
    List<Item> items =
        head.equals("needs") ? scope.needs() : head.equals("produces") ? scope.produces() : null;
    int size = items == null ? -1 : (int) items.stream().filter(Item::isWanted).count();
    List<String> all = keys == null ? List.of() : List.copyOf(keys);
    return new NearForm.Known(value, all, scope.parameters().containsKey(head), size);
  }

  @Override
  public void checkNested(String text, int open) {
    String flat = VarLookup.flattened(text, open, this);
    if (flat != null) {
      String head = flat.substring(1, flat.indexOf('['));
      boolean map = scope.vars().maps().containsKey(head);
      boolean begins = head.matches(".*[._-]") && names().anyMatch(name -> name.startsWith(head));
      String name = head.replaceFirst("[:.]$", "");
      if (map || begins || has(name) || name.equals("env") || Template.SLOTS.contains(name)) {
        String way =
            map
                ? "write " + flat
                : "to look a value up, write {MAP[NAME]} with a map of vars and a parameter";
        throw new BadInput(
            place,
            "%s: a placeholder inside a placeholder is not replaced; %s"
                .formatted(VarLookup.whole(text, open), way));
      }
    }
  }

  /**
   * Returns the known name that a text spells differently or, for a dotted text, the nearest name
   * of the same nested map of vars; null if there is none.
   */
  private String nearest(String text) {
    String spelled = findSpelled(text, names());
    int dot = text.indexOf('.');
    if (spelled != null || dot <= 0 || text.indexOf(' ') >= 0) {
      return spelled;
    }
    List<String> map = names().filter(name -> name.startsWith(text.substring(0, dot + 1))).toList();
    String near = NearestName.to(text, map);
    return near == null && !map.isEmpty() ? map.getFirst() : near;
  }

  private Stream<String> names() {
    return scope.names().filter(name -> !name.isEmpty());
  }

  /**
   * Returns the name that a text spells differently: in another case, with other separators ({@code
   * _ -} or a space), or in another form of Unicode. Null if there is none.
   */
  static String findSpelled(String text, Stream<String> names) {
    return names.filter(name -> isSame(name, text)).findFirst().orElse(null);
  }

  private static boolean isForm(String one, String other) {
    return Normalizer.normalize(one, Normalizer.Form.NFC)
        .equals(Normalizer.normalize(other, Normalizer.Form.NFC));
  }

  private static boolean isSame(String one, String other) {
    if (!isAscii(one) || !isAscii(other)) {
      return fold(Normalizer.normalize(one, Normalizer.Form.NFKC))
          .equals(fold(Normalizer.normalize(other, Normalizer.Form.NFKC)));
    }
    String a = one.strip();
    String b = other.strip();
    return a.length() == b.length() && fold(a).equals(fold(b));
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 128);
  }

  private static String fold(String text) {
    return text.strip().toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
  }

  /** What other tools call the root. */
  private static final Pattern OF_ROOT =
      Pattern.compile(
          "(?i)(torc_?|project_?|workspace_?|repo_?|git_?)?(root|dir)|(workflow\\.)?basedir|workspaceFolder"
              + "|launchDir|curdir|pwd");

  /** Returns the file that the map of a name gives as if its values were in it; null for none. */
  private String fileOf(String name) {
    int dot = name.indexOf('.');
    String file = dot < 0 ? null : scope.vars().text(name.substring(0, dot) + ".file");
    return file != null && file.matches("(?i).*\\.(ya?ml|json|toml)") ? file : null;
  }

  /** Returns the error of a placeholder that has no value; {@code name} is its path. */
  BadInput unknown(Placeholder hole, String name) {
    TreeSet<String> known = scope.names().collect(Collectors.toCollection(TreeSet::new));
    if (scope.job() != null) {
      known.add("job");
      known.addAll(Template.SLOTS);
    }
    String written = hole.written();
    String inside = hole.member() == null ? name : name + "." + hole.member();
    String meant = findSpelled(inside, known.stream());
    if (meant == null && hole.member() != null) {
      // {wildcards.sample} of Snakemake, or a mistyped name of a nested map
      meant = known.contains(hole.member()) ? hole.member() : NearestName.to(inside, known);
    }
    if (meant == null && !scope.vars().maps().isEmpty() && name.indexOf('[') > 0) {
      String looked = VarLookup.nearest(name, scope.vars(), this);
      meant = looked == null ? null : looked.substring(1, looked.length() - 1);
    }
    meant = meant == null ? ForeignWords.meant(name, known) : meant;
    meant = meant == null ? Vars.inside(name, known.stream()) : meant;
    if (meant != null
        && meant.matches(Pattern.quote(hole.name()) + "\\.(sh|cmd|command|run|shell)")) {
      throw new BadInput(
          place,
          "unknown placeholder %s: vars run no commands; let a job store the value (echo %s=$(…) >> $TORC_OUTPUT), and write {data.JOB.%2$s}"
              .formatted(written, hole.name()));
    }
    String file = fileOf(inside);
    if (file != null || meant != null && meant.startsWith(inside + ".")) {
      throw new BadInput(
          place,
          file != null
              ? "unknown placeholder %s; the values of %s are vars if vars is a list: [%2$s, {…}]"
                  .formatted(written, file)
              : "%s is a map; name one of its values, such as {%s}".formatted(written, meant));
    }
    List<String> own =
        Stream.concat(scope.parameters().keySet().stream(), scope.columns().keySet().stream())
            .sorted()
            .toList();
    String has =
        own.isEmpty() || own.contains(Scope.ALL)
            ? ""
            : " (the group has " + SafeText.names(own, 20) + ")";
    String hint =
        meant == null
            ? OF_ROOT.matcher(inside).matches()
                ? "; paths begin at the root, so leave it out, or write $TORC_ROOT in a command"
                : "; define it in %s%s, or write {%s} to mean the text"
                    .formatted(
                        scope.job() == null ? "vars" : "vars, parameters or a match", has, written)
            : "; did you mean {" + meant + "}?";
    return new BadInput(place, "unknown placeholder " + written + hint);
  }
}
