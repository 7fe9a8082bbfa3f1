package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Template;
import dev.torc.core.model.Template.Part.Slot;
import dev.torc.features.fetch.Fetch;
import dev.torc.features.fetch.WebAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Reads {@code fetchers}: the commands that fetch URLs whose schemes are not the web's. */
record Fetchers(Node.Mapping commands, Vars vars, List<String> shell) {

  private static final Map<String, String> EXAMPLES =
      Map.of(
          "s3", "aws s3 cp {url} {produces}",
          "gs", "gcloud storage cp {url} {produces}",
          "rsync", "rsync {url} {produces}");

  /** Reports what is wrong with commands, even if no job uses them. */
  void check(Problems problems) {
    for (Map.Entry<String, Node.Entry> each : commands.entries().entrySet()) {
      String scheme = each.getKey();
      if (!scheme.matches("[a-z][a-z0-9+.-]+") || scheme.matches("https?")) {
        String line =
            scheme.startsWith("http")
                ? "torc itself fetches "
                : "fetchers has the schemes of URLs, such as s3; this is ";
        problems.add(each.getValue().place(), line + scheme);
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
    Scope scope = new Scope(vars, Map.of("url", ""), Map.of(), scheme, null, null, problems);
    String slotted = text.text().replaceAll("(?<![{$])\\{url\\}", "{" + Fetch.URL + "}");
    Template command = scope.command(new Node.Scalar(text.place(), slotted, true), shell);
    if (command.slot(Fetch.URL) == null || command.slot("produces") == null) {
      throw new BadInput(
          text.place(), "the command of a fetcher has {url} and the file to write, {produces}");
    }
    for (Template.Part part : command.parts()) {
      String slot = part instanceof Slot own ? own.toString() : "{produces}";
      if (!slot.equals("{produces}") && text.text().contains(slot)) {
        throw new BadInput(text.place(), slot + ": a fetcher has {url} and {produces} only");
      }
    }
    return command;
  }
}
