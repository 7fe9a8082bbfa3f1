package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.features.fetch.Fetch;
import dev.torc.features.fetch.Fetch.FetchedFile;
import dev.torc.features.fetch.WebAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads {@code fetch} and {@code sha256} of a job: what is downloaded instead of running a command.
 * {@link JobReader} reads the rest of the job.
 */
record FetchReader(MapFields job, List<Item> produces, String root) {

  /** Returns the downloads; null without {@code fetch}, or after an error. */
  Fetch read() {
    Node fetch = job.map().get(Job.FETCH);
    Node digests = job.map().get("sha256");
    if (fetch == null) {
      if (digests != null) {
        job.problems().add(digests.place(), "sha256 is for jobs with fetch");
      }
      return null;
    }
    List<FetchedFile> sources = new ArrayList<>();
    job.problems().guard(() -> sources.addAll(sources(fetch, digests)));
    return sources.isEmpty() ? null : new Fetch(List.copyOf(sources));
  }

  private List<FetchedFile> sources(Node fetch, Node digests) {
    List<String> products = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Item item : produces) {
      for (Ref ref : item.refs()) {
        if (!(ref instanceof Ref.OfFile)) {
          throw new BadInput(item.place(), "fetch makes files; " + ref.text() + " is none");
        }
        products.add(ref.text());
        names.add(item.name());
      }
    }
    if (!(fetch instanceof Node.Mapping map)) {
      if (products.size() != 1) {
        throw new BadInput(
            fetch.place(),
            products.isEmpty()
                ? "a job with fetch produces a file; add produces: FILE"
                : "to fetch several files, fetch and produces are maps with the same names");
      }
      if (digests instanceof Node.Mapping) {
        throw new BadInput(digests.place(), "fetch and sha256 must both be maps, or neither");
      }
      return List.of(source(products.getFirst(), fetch, digests));
    }
    if (!map.entries().keySet().equals(new HashSet<>(names))
        || names.size() != map.entries().size()) {
      throw new BadInput(map.place(), "fetch and produces must be maps with the same names");
    }
    Node.Mapping known = MapFields.map(digests, "sha256, beside a map of URLs,", job.problems());
    for (String name : known.entries().keySet()) {
      if (!names.contains(name)) {
        throw new BadInput(known.entries().get(name).place(), "fetch has no file " + name);
      }
    }
    List<FetchedFile> sources = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      sources.add(source(products.get(i), map.get(names.get(i)), known.get(names.get(i))));
    }
    return sources;
  }

  private FetchedFile source(String product, Node urls, Node digest) {
    List<String> addresses = new ArrayList<>();
    for (Node url : job.scope().items(urls)) {
      String text = job.scope().text(MapFields.scalar(url, Job.FETCH)).strip();
      try {
        WebAddress.of(text);
      } catch (IllegalArgumentException e) {
        throw new BadInput(url.place(), e.getMessage());
      }
      addresses.add(text);
    }
    if (addresses.isEmpty()) {
      throw new BadInput(urls.place(), "fetch has no URL");
    }
    return new FetchedFile(product, digest(digest), List.copyOf(addresses));
  }

  private String digest(Node node) {
    if (node == null) {
      return "";
    }
    String text = job.scope().text(MapFields.scalar(node, "sha256")).strip();
    String digits = text.toLowerCase(Locale.ROOT).replaceFirst("^sha256:", "");
    if (!text.isEmpty() && !digits.matches("[0-9a-f]{64}")) {
      throw new BadInput(node.place(), "sha256 is 64 hexadecimal digits, as sha256sum prints them");
    }
    return digits;
  }

  /** Returns what counts and is shown as the job's command; nothing after an error. */
  List<Step> steps(Fetch fetch) {
    if (fetch == null) {
      return List.of();
    }
    Step.Command words = new Step.Command.Words(fetch.words(root));
    return List.of(
        new Step(words, ".", Collections.emptySortedMap(), StepReader.DEFAULT_SHELL, null));
  }

  /** Reports the keys of a job that are for commands. */
  static void refuseBeside(Node.Mapping own, Problems problems) {
    own.entries()
        .forEach(
            (key, entry) -> {
              if (KnownKeys.NOT_FETCH.contains(key)) {
                problems.add(entry.place(), key + " is for commands; a job with fetch runs none");
              }
            });
  }

  /** Returns a job that fetches its products: on this machine, without a cpu. */
  static Job with(Fetch fetch, Job job) {
    SortedMap<String, Template> conditions = new TreeMap<>(job.conditions());
    conditions.put(Job.FETCH, fetch.text());
    Job.Links links = job.links();
    boolean shared = fetch.isFixed() || links.caching() == Job.Caching.NEVER;
    Job.Runs runs = job.runs();
    Resources given = runs.resources();
    SortedMap<String, Long> counters = new TreeMap<>(given.counters());
    counters.putIfAbsent(Resources.DOWNLOADS, 1L);
    return new Job(
        job.name(),
        job.labels(),
        job.place(),
        new Job.Links(
            links.needs(),
            links.produces(),
            links.after(),
            links.tools(),
            links.depfile(),
            shared ? links.caching() : Job.Caching.LOCAL),
        new Job.Runs(
            runs.steps(),
            null,
            new Resources(Resources.NO_CPU, 0, -1, given.runtime(), counters, 0, 1, given.place()),
            runs.priority(),
            runs.retry(),
            runs.stop(),
            runs.skip()),
        job.traits(),
        conditions);
  }
}
