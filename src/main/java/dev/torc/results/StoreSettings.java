package dev.torc.results;

import dev.torc.results.HttpStore.HttpAddress;
import dev.torc.results.SigningKey.SigningWord;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A shared store as a build file describes it: a folder or a URL.
 *
 * @param path the folder; null with a URL
 * @param group whose members are trusted in the folder; null for none
 * @param url the server; null with a folder
 * @param headers names and values that go to the server, empty for a folder
 * @param key the file with the key that signs what is sent; null for none
 * @param trust public keys, as words; one's own is trusted in any case
 */
public record StoreSettings(
    Path path,
    String group,
    String url,
    Map<String, String> headers,
    Path key,
    List<String> trust) {

  /**
   * Looks whether a store can be meant by it, without asking it; it opens nothing.
   *
   * @throws StoreRefusal with a line that says what cannot be
   */
  public void check() throws StoreRefusal {
    words();
    if (url != null) {
      HttpAddress.of(url, headers);
    } else {
      FolderTrust.of(group);
    }
    if (key != null) {
      SigningKey.check(key);
    }
  }

  private Set<SigningWord> words() throws StoreRefusal {
    Set<SigningWord> words = new LinkedHashSet<>();
    for (String word : trust) {
      words.add(SigningWord.of(word));
    }
    return words;
  }

  /** Where its files lie. */
  StorePlace place() throws StoreRefusal {
    return url == null
        ? new FolderStore(path, FolderTrust.of(group))
        : new HttpStore(HttpAddress.of(url, headers));
  }

  /** Whose records count; null where all that lie there do. */
  Set<SigningWord> trusted(SigningKey own) throws StoreRefusal {
    if (url == null) {
      return null;
    }
    Set<SigningWord> words = words();
    if (own != null) {
      words.add(own.word());
    }
    return words;
  }

  /** Shows no header's value. */
  @Override
  public String toString() {
    return url == null ? path.toString() : url;
  }
}
