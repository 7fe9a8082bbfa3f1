package dev.torc.features.fetch;

import dev.torc.base.text.SafeText;
import dev.torc.base.web.WebHeader;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Template;
import dev.torc.features.intents.MaxAge;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The downloads of a job with {@code fetch}, one for each product, in the order of {@code
 * produces}. A job carries them as an extra and not in its command, since a URL does not count if
 * the digest is known. This class downloads nothing.
 */
public record Fetch(List<FetchedFile> files) {

  /**
   * One file.
   *
   * @param path the product
   * @param sha256 64 hexadecimal digits; empty if the build file has none
   * @param urls tried in order
   */
  public record FetchedFile(String path, String sha256, List<String> urls) {

    /** Returns whether the build file says which bytes are right. */
    boolean isFixed() {
      return !sha256.isEmpty();
    }
  }

  /** Returns whether a key of a job is for commands, so that a job with {@code fetch} has none. */
  public static boolean excludes(String key) {
    return !List.of(KEY, SHA256, HEADERS).contains(key) && !ALSO.contains(key);
  }

  /** Returns the downloads of a job; null if it has a command. */
  public static Fetch of(Job job) {
    Template text = job.extra(KEY);
    if (text == null) {
      return null;
    }
    List<Ref> products = job.productRefs();
    List<FetchedFile> files = new ArrayList<>();
    for (String line : text.render(_ -> List.of()).split("\n")) {
      List<String> words = List.of(line.split("\t"));
      String path = products.get(files.size()).text();
      files.add(new FetchedFile(path, words.getFirst(), words.subList(1, words.size())));
    }
    return new Fetch(files);
  }

  /** The key; its text has the downloads, see {@link #text}. */
  public static final String KEY = "fetch";

  public static final String SHA256 = "sha256";

  public static final String HEADERS = "headers";

  /** The other keys that such a job can have; all others are for commands. */
  private static final Set<String> ALSO =
      Set.of(
          """
          needs produces after resources retries retry cache temporary always manual output priority tags description
          allow_failure max_age frozen when probe parameters match table mode repeat key exclude
          """
              .split("\\s+"));

  /** The counter that all jobs with the key share. */
  public static final String DOWNLOADS = "downloads";

  private static final String HEADER = KEY + " header ";

  /** The slot that stands for the URL in the command of a fetcher. */
  static final String URL = "url";

  /** Returns the key of the extra that is the command of URLs of a scheme. */
  public static String command(String scheme) {
    return KEY + " " + scheme;
  }

  /** Returns the key of the extra that is the value of a header. */
  public static String header(String name) {
    return HEADER + name;
  }

  /** Returns the headers of a job's requests, with the caller's values of secrets. */
  static Map<String, String> headers(Job job, Map<String, String> caller) {
    Map<String, String> headers = new TreeMap<>();
    for (Map.Entry<String, Extra> each : job.extras().entrySet()) {
      if (each.getKey().startsWith(HEADER)) {
        String name = each.getKey().substring(HEADER.length());
        String value =
            each.getValue().text().render(slot -> List.of(caller.getOrDefault(slot.member(), "")));
        String refusal = WebHeader.refusal(name, value);
        if (refusal != null) {
          throw new AttemptFailure(refusal);
        }
        headers.put(name, value);
      }
    }
    return headers;
  }

  /** Returns the text from which {@link #of} reads the downloads. */
  public Template text() {
    return Template.of(
        files.stream()
            .map(file -> file.sha256 + "\t" + String.join("\t", file.urls))
            .collect(Collectors.joining("\n")));
  }

  /** Returns lines with the digests of fetched files that the build file does not have. */
  public static List<String> lacking(Job job, JobResult last) {
    boolean good = last != null && last.outcome().isGood();
    Fetch fetch = good && job.extra(MaxAge.KEY) == null ? of(job) : null;
    List<String> lines = new ArrayList<>(0);
    for (FetchedFile file : fetch == null ? List.<FetchedFile>of() : fetch.files) {
      RecordedProduct made = last.product(file.path);
      if (!file.isFixed() && made != null) {
        String line = "job %s fetched %s, and nothing says which bytes are right; add sha256: %s";
        String path = SafeText.name(file.path);
        lines.add(line.formatted(SafeText.name(job.name()), path, made.digest().hex()));
      }
    }
    return lines;
  }

  /** Returns whether the digests of all files are known. */
  public boolean isFixed() {
    return files.stream().allMatch(FetchedFile::isFixed);
  }
}
