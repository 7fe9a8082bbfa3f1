package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Template;
import dev.torc.core.model.Template.Part.Slot;
import dev.torc.features.fetch.WebAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Reads {@code fetchers}: the commands that fetch URLs whose schemes are not the web's. */
record Fetchers(Node.Mapping commands, Vars vars) {

  private static final String ANY_URL = "torc-url";

  private static final Map<String, String> EXAMPLES =
      Map.of(
          "s3", "aws s3 cp {url} {produces}",
          "gs", "gcloud storage cp {url} {produces}",
          "rsync", "rsync {url} {produces}");

  /** Reports what is wrong with commands, even if no job uses them. */
  void check(List<String> shell, Problems problems) {
    commands
        .entries()
        .forEach(
            (scheme, entry) -> {
              if (!scheme.matches("[a-z][a-z0-9+.-]+") || scheme.matches("https?")) {
                problems.add(
                    entry.place(),
                    scheme.startsWith("http")
                        ? "torc itself fetches " + scheme
                        : "fetchers has the schemes of URLs, such as s3; this is " + scheme);
              } else {
                problems.guard(() -> command(scheme, "x", shell, problems));
              }
            });
  }

  /** Returns a scheme's command for the manifest, which has it unless a digest fixes the bytes. */
  Template counted(String scheme, List<String> shell) {
    String text = command(scheme, ANY_URL, shell, new Problems()).declared();
    return Template.of(text.replace(ANY_URL, "{url}"));
  }

  /** Returns the command for a URL; throws for a scheme without one. */
  Template command(WebAddress address, String url, List<String> shell, Place place) {
    String scheme = address.scheme();
    if (commands.get(scheme) == null) {
      TreeSet<String> known = new TreeSet<>(commands.entries().keySet());
      known.addAll(List.of("http", "https"));
      String hint = NearestName.hint(scheme, known);
      String example = EXAMPLES.getOrDefault(scheme, "curl -sSfo {produces} {url}");
      String line = "; add fetchers: { %s: \"%s\" } at the top level";
      throw new BadInput(
          place,
          "%s: no fetcher for %s%s"
              .formatted(
                  address.shown(),
                  scheme,
                  hint.isEmpty() ? line.formatted(scheme, example) : hint));
    }
    return command(scheme, url, shell, new Problems());
  }

  private Template command(String scheme, String url, List<String> shell, Problems problems) {
    Node.Scalar text = MapFields.scalar(commands.get(scheme), "fetchers." + scheme);
    Scope scope = new Scope(vars, Map.of("url", url), Map.of(), scheme, null, null, problems);
    Template command = new TemplateReader(scope, text).command(shell);
    if (!text.text().contains("{url}") || command.slot("produces") == null) {
      throw new BadInput(
          text.place(), "the command of a fetcher has {url} and the file to write, {produces}");
    }
    for (Template.Part part : command.parts()) {
      if (part instanceof Slot slot && !slot.toString().equals("{produces}")) {
        throw new BadInput(text.place(), slot + ": a fetcher has {url} and {produces} only");
      }
    }
    return command;
  }
}
