package dev.torc.features.fetch;

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

  /** Returns the text from which {@link #of} reads the downloads. */
  public Template text() {
    return Template.of(
        sources.stream()
            .map(source -> source.sha256 + "\t" + String.join("\t", source.urls))
            .collect(Collectors.joining("\n")));
  }

  /**
   * Returns the words that count in the manifest and are shown as the command: the digests, or the
   * URLs of files without one.
   */
  public List<Template> words(String root) {
    List<Template> words = new ArrayList<>(List.of(Template.of("fetch")));
    for (FetchedFile source : sources) {
      if (source.sha256.isEmpty()) {
        source.urls.forEach(url -> words.add(Template.of(WebAddress.of(url).counted(root))));
      } else {
        words.add(Template.of("sha256:" + source.sha256));
      }
    }
    return List.copyOf(words);
  }

  /** Returns whether the digests of all files are known. */
  public boolean isFixed() {
    return sources.stream().noneMatch(source -> source.sha256.isEmpty());
  }
}
