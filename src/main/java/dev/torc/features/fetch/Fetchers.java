package dev.torc.features.fetch;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.text.SafeText;
import dev.torc.base.web.WebAddress;
import dev.torc.core.model.Template;
import dev.torc.core.model.Template.Part.Slot;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.RowValues;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Vars;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads {@code fetchers}: the commands that fetch URLs whose schemes are not the web's. */
public record Fetchers(Node.Mapping commands, Vars vars, List<String> shell) {

  private static final Map<String, String> EXAMPLES =
      Map.of(
          "s3", "aws s3 cp {url} {produces}",
          "gs", "gcloud storage cp {url} {produces}",
          "rsync", "rsync {url} {produces}");

  private static final Set<String> SLOTS = Set.of("{url}", "{produces}");

  /** Returns those of a build file; jobs run them in {@code shell}. */
  public static Fetchers of(Node.Mapping top, Vars vars, List<String> shell, Problems problems) {
    return new Fetchers(MapFields.map(top.get("fetchers"), "fetchers", problems), vars, shell);
  }

  /** Reports what is wrong with commands, even if no job uses them. */
  public void check(Problems problems) {
    for (Map.Entry<String, Entry> each : commands.entries().entrySet()) {
      String scheme = each.getKey();
      if (!scheme.matches("(?!https?$)[a-z][a-z0-9+.-]+")) {
        String line = "fetchers has schemes of URLs other than http, such as s3; this is ";
        problems.add(each.getValue().place(), line + SafeText.name(scheme));
      } else {
        problems.guard(() -> command(scheme, problems));
      }
    }
  }

  /** Returns the command for a URL; throws for a scheme without one. */
  Template command(WebAddress address, Place place) {
    String scheme = address.scheme();
    if (commands.get(scheme) != null) {
      return command(scheme, new Problems());
    }
    TreeSet<String> known = new TreeSet<>(commands.entries().keySet());
    known.addAll(List.of("http", "https"));
    String hint = NearestName.hint(scheme, known);
    String example = EXAMPLES.getOrDefault(scheme, "curl -sSfo {produces} {url}");
    if (hint.isEmpty()) {
      hint = "; add fetchers: { %s: \"%s\" } at the top level".formatted(scheme, example);
    }
    throw new BadInput(place, "%s: no fetcher for %s%s".formatted(address.shown(), scheme, hint));
  }

  private Template command(String scheme, Problems problems) {
    Node.Scalar text = MapFields.scalar(commands.get(scheme), "fetchers." + scheme);
    Scope scope =
        new Scope(vars, RowValues.of(Map.of(Fetch.URL, Scope.LATER)), scheme, null, null, problems);
    Template command = scope.command(text, shell);
    Stream<Template.Part> slots = command.parts().stream().filter(Slot.class::isInstance);
    if (!slots.map(Object::toString).collect(Collectors.toSet()).equals(SLOTS)) {
      String line = "the command of a fetcher has {url} and the file to write, {produces}, and no";
      throw new BadInput(text.place(), line + " other placeholder");
    }
    return command;
  }
}
