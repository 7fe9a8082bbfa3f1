package dev.torc.features.fetch;

import dev.torc.base.text.SafeText;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The downloads of a job with {@code fetch}, one for each product, in the order of {@code
 * produces}. A job carries them as the text of a condition and not in its command, since a URL does
 * not count if the digest is known. This class downloads nothing.
 */
public record Fetch(List<FetchedFile> sources) {

  /**
   * One file.
   *
   * @param path the product
   * @param sha256 64 hexadecimal digits; empty if the build file has none
   * @param urls tried in order
   */
  public record FetchedFile(String path, String sha256, List<String> urls) {}

  /** Returns the downloads of a job; null if it has a command. */
  public static Fetch of(Job job) {
    Template text = job.conditions().get(Job.FETCH);
    if (text == null) {
      return null;
    }
    List<Ref> products = job.productRefs();
    List<FetchedFile> sources = new ArrayList<>();
    for (String line : ((Template.Part.Text) text.parts().getFirst()).text().split("\n")) {
      List<String> words = List.of(line.split("\t"));
      String path = products.get(sources.size()).text();
      sources.add(new FetchedFile(path, words.getFirst(), words.subList(1, words.size())));
    }
    return new Fetch(sources);
  }

  /** The slot that stands for the URL in the command of a fetcher: one of torc's own. */
  public static final String URL = "args";

  /** Returns the key of the condition that is the command of URLs of a scheme. */
  public static String command(String scheme) {
    return Job.FETCH + " " + scheme;
  }

  /** Returns the text from which {@link #of} reads the downloads. */
  public Template text() {
    return Template.of(
        sources.stream()
            .map(source -> source.sha256 + "\t" + String.join("\t", source.urls))
            .collect(Collectors.joining("\n")));
  }

  /** Returns lines with the digests of fetched files that the build file does not have. */
  public static List<String> lacking(Job job, JobResult last) {
    boolean good = last != null && last.outcome().isGood();
    Fetch fetch = good && !job.conditions().containsKey(Job.MAX_AGE) ? of(job) : null;
    List<String> lines = new ArrayList<>(0);
    for (FetchedFile file : fetch == null ? List.<FetchedFile>of() : fetch.sources) {
      RecordedProduct made = last.product(file.path);
      if (file.sha256.isEmpty() && made != null) {
        lines.add(
            "job %s fetched %s, and nothing says which bytes are right; add sha256: %s"
                .formatted(
                    SafeText.name(job.name()), SafeText.name(file.path), made.digest().hex()));
      }
    }
    return lines;
  }

  /** Returns whether the digests of all files are known. */
  public boolean isFixed() {
    return sources.stream().noneMatch(source -> source.sha256.isEmpty());
  }
}
