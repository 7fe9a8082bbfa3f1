package dev.torc.features.fetch;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Place;
import dev.torc.base.web.WebAddress;
import dev.torc.base.web.WebHeader;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.features.fetch.Fetch.FetchedFile;
import dev.torc.features.intents.MaxAge;
import dev.torc.features.reading.LinkedJob;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.TemplateReader;
import dev.torc.features.secrets.SecretReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads {@code fetch}, {@code sha256} and {@code headers} of one job: what is downloaded instead of
 * running a command. {@code JobReader} reads the rest of the job.
 */
public final class FetchReader {

  private static final String SEVERAL =
      "to fetch several files, fetch and produces are maps with the same names";

  private final MapFields job;
  private final Fetchers fetchers;
  private final String root; // which makes the digests of keys its own
  private final List<FetchedFile> files = new ArrayList<>();
  private final List<String> words = new ArrayList<>(); // what counts and is shown as the command
  private final SortedMap<String, Extra> extras = new TreeMap<>();

  public FetchReader(MapFields job, Fetchers fetchers, String root) {
    this.job = job;
    this.fetchers = fetchers;
    this.root = root;
  }

  /** Returns a job without command as one that downloads; as it is after an error. */
  public Job fetching(Job read) {
    words.add(Fetch.KEY);
    extras.putAll(read.extras());
    try {
      read(read.links().produces());
      headers();
    } catch (BadInput e) {
      job.problems().add(e);
      return read;
    }
    Fetch fetch = new Fetch(List.copyOf(files));
    extras.put(Fetch.KEY, new Extra(fetch.text(), Extra.IDLE));
    Set<Trait> traits = new TreeSet<>(read.traits());
    if (!fetch.isFixed() && extras.containsKey(MaxAge.KEY)) {
      traits.add(Trait.PERSIST); // the file stays until there is another one
    }
    Job.Links links = read.links();
    boolean shared = fetch.isFixed() || links.caching() == Job.Caching.NEVER;
    Job.Caching caching = shared ? links.caching() : Job.Caching.LOCAL;
    Job linked = LinkedJob.with(read, links.needs(), links.after(), caching, extras);
    Job.Runs given = read.runs();
    SortedMap<String, Long> counters = new TreeMap<>(given.resources().counters());
    counters.putIfAbsent(Fetch.DOWNLOADS, 1L);
    long limit = given.resources().runtime();
    Place place = given.resources().place();
    Resources asked = new Resources(Resources.NO_CPU, 0, -1, limit, counters, 0, 1, place);
    Step.Command shown = new Step.Command.Words(words.stream().map(Template::of).toList());
    Step step = new Step(shown, ".", Collections.emptySortedMap(), fetchers.shell(), null);
    List<Step> steps = List.of(step);
    int priority = given.priority();
    Job.Runs runs =
        new Job.Runs(steps, List.of(), asked, priority, given.retry(), given.stop(), given.skip());
    return new Job(read.name(), read.labels(), read.place(), linked.links(), runs, traits, extras);
  }

  private void read(List<Item> produces) {
    Node fetch = job.map().get(Fetch.KEY);
    Node sha256 = job.map().get(Fetch.SHA256);
    Map<String, Node> urls = byName(fetch);
    Map<String, Node> digests = byName(sha256);
    for (Item item : produces) {
      String name = fetch instanceof Node.Mapping ? item.name() : "";
      for (Ref ref : item.refs()) {
        if (!(ref instanceof Ref.OfFile)) {
          throw new BadInput(item.place(), "fetch makes files; " + ref.text() + " is not a file");
        } else if (!urls.containsKey(name)) {
          throw new BadInput(fetch.place(), SEVERAL);
        }
        read(ref.text(), urls.remove(name), digests.remove(name));
      }
    }
    if (produces.isEmpty() && job.problems().isEmpty()) {
      throw new BadInput(fetch.place(), "a job with fetch produces a file; add produces: FILE");
    } else if (!produces.isEmpty() && !urls.isEmpty()) {
      throw new BadInput(fetch.place(), SEVERAL);
    } else if (!digests.isEmpty()) {
      throw new BadInput(
          sha256.place(), "sha256 is like fetch: one text, or a map with the same names");
    }
  }

  /** Reads the headers, whose values do not count. What they have of the caller is secret. */
  private void headers() {
    List<Template> values = new ArrayList<>();
    Node given = job.map().get(Fetch.HEADERS);
    for (Map.Entry<String, Node.Entry> each :
        MapFields.map(given, Fetch.HEADERS, job.problems()).entries().entrySet()) {
      String name = each.getKey();
      Node.Scalar text = MapFields.scalar(each.getValue().value(), "the header " + name);
      Template value = new TemplateReader(job.scope(), text).plain(true);
      boolean literal = value.slot("env") == null;
      String refusal = WebHeader.refusal(name, literal ? value.declared() : "");
      if (refusal == null && literal && WebHeader.isSecret(name)) {
        refusal =
            "header %s: a build file must not hold its value; write {env.NAME}".formatted(name);
      }
      if (refusal != null) {
        throw new BadInput(each.getValue().place(), refusal);
      }
      Template secret = SecretReader.secret(value);
      values.add(secret);
      extras.put(Fetch.header(name), new Extra(secret));
    }
    if (!values.isEmpty()) {
      refuseElsewhere(given.place());
      extras.putAll(SecretReader.with(extras, values));
    }
  }

  /** Refuses headers if they would go to several hosts, or could be read on the way. */
  private void refuseElsewhere(Place place) {
    Set<String> hosts = new TreeSet<>();
    for (FetchedFile file : files) {
      for (String url : file.urls()) {
        WebAddress address = WebAddress.of(url);
        if (!address.isWeb()) {
          throw new BadInput(place, "headers are for http and https; a fetcher has its own way");
        } else if (!address.isSealed()) {
          throw new BadInput(
              place, "headers to http:// are for servers of this machine alone; use https://");
        }
        hosts.add(address.host());
      }
    }
    if (hosts.size() > 1) {
      String line = "headers go to one host, and this job fetches from %s; write a job for each";
      throw new BadInput(place, line.formatted(String.join(" and ", hosts)));
    }
  }

  /** Returns the values of a map by name; that of another node has the empty name. */
  private static Map<String, Node> byName(Node node) {
    Map<String, Node> all = new LinkedHashMap<>();
    if (node instanceof Node.Mapping map) {
      map.entries().forEach((name, entry) -> all.put(name, entry.value()));
    } else if (node != null) {
      all.put("", node);
    }
    return all;
  }

  private void read(String product, Node urls, Node sha256) {
    String digest = sha256 == null ? "" : digest(sha256);
    List<String> texts = new ArrayList<>();
    List<String> counts = new ArrayList<>();
    for (Node url : job.scope().items(urls)) {
      String written = job.scope().text(MapFields.scalar(url, Fetch.KEY)).strip();
      String text = written.replaceAll("[\\t\\r\\n]", ""); // as browsers do
      if (text.isEmpty()) {
        continue; // a mirror that not all rows of a table have
      }
      WebAddress address = address(text, url.place());
      texts.add(text);
      counts.add(address.counted(root));
      if (!address.isWeb()) {
        Template command = fetchers.command(address, url.place());
        extras.put(Fetch.command(address.scheme()), new Extra(command));
        counts.add(command.declared());
      }
    }
    if (texts.isEmpty()) {
      throw new BadInput(urls.place(), "fetch has no URL");
    }
    words.addAll(digest.isEmpty() ? counts : List.of("sha256:" + digest));
    files.add(new FetchedFile(product, digest, List.copyOf(texts)));
  }

  private String digest(Node node) {
    String text = job.scope().text(MapFields.scalar(node, Fetch.SHA256)).strip();
    String digits = text.toLowerCase(Locale.ROOT).replaceFirst("^sha256:", "");
    if (!text.isEmpty() && !digits.matches("[0-9a-f]{64}")) {
      throw new BadInput(node.place(), "sha256 is 64 hexadecimal digits, as sha256sum prints them");
    }
    return digits;
  }

  private static WebAddress address(String text, Place place) {
    try {
      return WebAddress.of(text);
    } catch (IllegalArgumentException e) {
      throw new BadInput(place, e.getMessage());
    }
  }

  /** Refuses a URL in {@code needs}, with the job to write instead. */
  public static void refuseUrl(String text, Place place) {
    if (text.matches("(?is)https?://.*|[a-z][a-z0-9+.-]+://[^*]*")) {
      WebAddress address = address(text, place);
      String name = address.rest().replaceAll("[?].*", "").replaceAll(".*/", "");
      throw new BadInput(
          place,
          "%s is a URL; write a job with fetch: { fetch: \"%1$s\", produces: \"%s\" }, and need its product"
              .formatted(address.shown(), name.isEmpty() ? "FILE" : name));
    }
  }
}
