package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Place;
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
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads {@code fetch} and {@code sha256} of a job: what is downloaded instead of running a command.
 * {@link JobReader} reads the rest of the job.
 *
 * @param commands takes the commands of URLs of other schemes, as conditions of the job
 */
record FetchReader(
    MapFields job, List<Item> produces, Fetchers fetchers, Map<String, Template> commands) {

  /** Returns the downloads; null without {@code fetch}, or after an error. */
  Fetch read(List<String> shell) {
    Node fetch = job.map().get(Job.FETCH);
    Node digests = job.map().get("sha256");
    if (fetch == null) {
      if (digests != null) {
        job.problems().add(digests.place(), "sha256 is for jobs with fetch");
      }
      return null;
    }
    List<FetchedFile> sources = new ArrayList<>();
    job.problems().guard(() -> sources.addAll(sources(fetch, digests, shell)));
    return sources.isEmpty() ? null : new Fetch(List.copyOf(sources));
  }

  private List<FetchedFile> sources(Node fetch, Node digests, List<String> shell) {
    List<String> products = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Item item : produces) {
      for (Ref ref : item.refs()) {
        if (!(ref instanceof Ref.OfFile)) {
          throw new BadInput(item.place(), "fetch makes files; " + ref.text() + " is not a file");
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
      return List.of(source(products.getFirst(), fetch, digests, shell));
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
      sources.add(source(products.get(i), map.get(names.get(i)), known.get(names.get(i)), shell));
    }
    return sources;
  }

  private FetchedFile source(String product, Node urls, Node digest, List<String> shell) {
    List<String> addresses = new ArrayList<>();
    for (Node url : job.scope().items(urls)) {
      String written = job.scope().text(MapFields.scalar(url, Job.FETCH)).strip();
      String text = written.replaceAll("[\\t\\r\\n]", ""); // as browsers do
      WebAddress address = address(text, url.place());
      if (!address.isWeb()) {
        Template command = fetchers.command(address, text, shell, url.place());
        commands.put(Fetch.command(text), command);
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

  /**
   * Returns the steps that stand for the download in the manifest and in messages; nothing after an
   * error.
   */
  List<Step> steps(Fetch fetch, String root, List<String> shell) {
    if (fetch == null) {
      return List.of();
    }
    List<Template> words = new ArrayList<>(List.of(Template.of("fetch")));
    for (FetchedFile source : fetch.sources()) {
      for (String url : source.sha256().isEmpty() ? source.urls() : List.<String>of()) {
        WebAddress address = WebAddress.of(url);
        words.add(Template.of(address.counted(root)));
        if (!address.isWeb()) {
          words.add(fetchers.counted(address.scheme(), shell));
        }
      }
      if (!source.sha256().isEmpty()) {
        words.add(Template.of("sha256:" + source.sha256()));
      }
    }
    Step.Command all = new Step.Command.Words(List.copyOf(words));
    return List.of(new Step(all, ".", Collections.emptySortedMap(), shell, null));
  }

  private static WebAddress address(String text, Place place) {
    try {
      return WebAddress.of(text);
    } catch (IllegalArgumentException e) {
      throw new BadInput(place, e.getMessage());
    }
  }

  /** Refuses a URL in {@code needs}, with the job to write instead. */
  static void refuseUrl(String text, Place place) {
    if (text.matches("(?is)https?://.*|[a-z][a-z0-9+.-]+://[^*]*")) {
      WebAddress address = address(text, place);
      String name = address.rest().replaceAll("[?].*", "").replaceAll(".*/", "");
      throw new BadInput(
          place,
          "%s is a URL; write a job with fetch: { fetch: \"%1$s\", produces: %s }, and need its product"
              .formatted(address.shown(), name.isEmpty() ? "FILE" : name));
    }
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

  /**
   * Returns how results are stored: a download without a digest stays on this machine, since
   * nothing says which bytes are right.
   */
  static Job.Caching caching(Fetch fetch, Job.Caching written) {
    boolean shared = fetch == null || fetch.isFixed() || written == Job.Caching.NEVER;
    return shared ? written : Job.Caching.LOCAL;
  }

  /** Returns the resources of a download, which takes no cpu. */
  static Resources resources(Resources given) {
    SortedMap<String, Long> counters = new TreeMap<>(given.counters());
    counters.putIfAbsent(Resources.DOWNLOADS, 1L);
    return new Resources(Resources.NO_CPU, 0, -1, given.runtime(), counters, 0, 1, given.place());
  }

  /** Returns the conditions of a job with those that say what it fetches. */
  SortedMap<String, Template> conditions(Fetch fetch, SortedMap<String, Template> others) {
    if (fetch == null) {
      return others;
    }
    SortedMap<String, Template> all = new TreeMap<>(others);
    all.putAll(commands);
    all.put(Job.FETCH, fetch.text());
    return all;
  }
}
