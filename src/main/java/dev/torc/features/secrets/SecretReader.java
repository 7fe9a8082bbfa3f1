package dev.torc.features.secrets;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.ShellText.Quote;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Job;
import dev.torc.core.model.Template;
import dev.torc.core.model.Template.Part;
import dev.torc.core.model.Template.Part.Slot;
import dev.torc.features.reading.LinkedJob;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Placeholder;
import dev.torc.features.reading.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Reads variables of {@code env} that are secret. It never sees a value: the text of a secret is a
 * slot with its name and, unless it is the caller's, its file. At the start of a job {@code
 * features.secrets} finds the value.
 */
public final class SecretReader {

  private SecretReader() {}

  /** Returns a variable of a file without its value. */
  public static Entry of(Entry variable, boolean counts) {
    Place place = variable.place();
    SequencedMap<String, Entry> map = new LinkedHashMap<>();
    map.put(SecretValues.KEY, new Entry(place, new Node.Scalar(place, "true", false)));
    map.put(SecretValues.COUNTS, new Entry(place, new Node.Scalar(place, "" + counts, false)));
    return new Entry(place, new Node.Mapping(place, map));
  }

  /** Returns the text of a variable that is written as a map; empty if its value may be shown. */
  public static Optional<Template> read(
      String name, Node.Mapping map, boolean ofFile, Scope scope, Problems problems) {
    MapFields fields =
        MapFields.of(map, name, scope, problems)
            .only(List.of(SecretValues.KEY, SecretValues.COUNTS), name);
    if (!fields.flag(SecretValues.KEY)) {
      return Optional.empty();
    }
    if (!Placeholder.isIdentifier(name)) {
      throw new BadInput(map.place(), "no name for a secret: " + name);
    }
    String member = ofFile ? name + SecretValues.OF + map.place().file() : name;
    Slot secret = secret(member, map.place());
    Slot counts = new Slot(SecretValues.COUNTS, -1, member, Quote.NONE, map.place());
    boolean both = fields.flag(SecretValues.COUNTS);
    return Optional.of(new Template(both ? List.of(secret, counts) : List.of(secret)));
  }

  /**
   * Returns a job that carries the names of its secrets. The results of one with a secret that
   * counts are never shared.
   */
  static Job secret(Job read) {
    List<Template> texts = new ArrayList<>(0);
    read.runs().steps().forEach(step -> step.env().values().forEach(v -> v.ifPresent(texts::add)));
    Job.Links links = read.links();
    boolean counts = texts.stream().anyMatch(text -> text.slot(SecretValues.COUNTS) != null);
    Job.Caching caching =
        counts && links.caching() != Job.Caching.NEVER ? Job.Caching.LOCAL : links.caching();
    SortedMap<String, Extra> extras = with(read.extras(), texts);
    return LinkedJob.with(read, links.needs(), links.after(), caching, extras);
  }

  /** Adds the names of the secrets in these texts to a job's extras, so that they are known. */
  public static SortedMap<String, Extra> with(
      SortedMap<String, Extra> extras, Iterable<Template> texts) {
    SequencedMap<String, Part> secrets = new LinkedHashMap<>();
    for (Template text : texts) {
      for (Part part : text.parts()) {
        if (part instanceof Slot slot && slot.name().equals(SecretValues.KEY)) {
          secrets.putIfAbsent(slot.member(), slot);
        }
      }
    }
    if (secrets.isEmpty()) {
      return extras;
    }
    SortedMap<String, Extra> all = new TreeMap<>(extras);
    all.put(SecretValues.KEY, new Extra(new Template(List.copyOf(secrets.values()))));
    return all;
  }

  /** Makes values with {@code {env.NAME}} secret, too, if that name is a secret of the caller. */
  public static void spread(SortedMap<String, Optional<Template>> env) {
    for (Map.Entry<String, Optional<Template>> each : env.entrySet()) {
      Template text = each.getValue().orElse(null);
      if (text != null && text.slot("env") != null) {
        each.setValue(Optional.of(secret(text, slot -> isSecret(slot, env))));
      }
    }
  }

  /** Returns a text in which each {@code {env.NAME}} is a secret. */
  public static Template secret(Template text) {
    return secret(text, slot -> slot.name().equals("env"));
  }

  private static Template secret(Template text, Predicate<Slot> secret) {
    List<Part> parts = new ArrayList<>(text.parts());
    parts.replaceAll(
        p -> p instanceof Slot s && secret.test(s) ? secret(s.member(), s.place()) : p);
    return new Template(parts);
  }

  private static boolean isSecret(Slot slot, SortedMap<String, Optional<Template>> env) {
    Template of = env.getOrDefault(slot.member(), Optional.empty()).orElse(null);
    Slot known = of == null || !slot.name().equals("env") ? null : of.slot(SecretValues.KEY);
    return known != null && known.member().equals(slot.member());
  }

  private static Slot secret(String member, Place place) {
    return new Slot(SecretValues.KEY, -1, member, Quote.NONE, place);
  }
}
