package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.core.memory.RecordedProduct;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * A result counts only in its root if the root's path stands anywhere in the paths of its products
 * and members, or in the targets of symlinks: whichever part of these the path begins in. {@code
 * TextSearchTest} does the same for the bytes of files.
 */
class RootPathTest {

  private static final String ROOT = "/home/me/é";

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings()
        .withChars("aé/")
        .ofMinLength(1)
        .ofMaxLength(6)
        .map(RootPathTest::path);
  }

  /** The text as a path without empty parts. */
  private static String path(String text) {
    return ("x" + text + "x").replaceAll("/+", "/");
  }

  @Property
  void itIsFoundWhereverItBegins(
      @ForAll("names") String before,
      @ForAll("names") String behind,
      @ForAll @IntRange(max = 9) int first,
      @ForAll @IntRange(max = 9) int second)
      throws IOException {
    for (boolean holds : new boolean[] {true, false}) {
      String all = before + (holds ? ROOT : ROOT.replace("me", "you")) + "/" + behind;
      int[] slashes = IntStream.range(0, all.length()).filter(i -> all.charAt(i) == '/').toArray();
      int cut = slashes[first % slashes.length];
      int link = slashes[Math.max(first % slashes.length, second % slashes.length)];
      String product = all.substring(0, cut);
      RecordedProduct file = ResultSamples.file(all.substring(cut + 1), "");
      RecordedProduct to =
          RecordedProduct.link(
              (all.substring(Math.min(cut + 1, link), link) + "/l").replaceAll("^/", ""),
              all.substring(link + 1));
      assertEquals(holds, isFound(ResultSamples.file(all, "")), all);
      assertEquals(holds, isFound(folder(product, file)), product + " " + file);
      assertEquals(holds, isFound(folder(product, to)), product + " " + to);
      assertEquals(holds, isFound(folder("out", RecordedProduct.link("l", "../" + all))));
    }
  }

  private static RecordedProduct folder(String path, RecordedProduct member) {
    return RecordedProduct.folder(path, ResultSamples.KEY, List.of(member));
  }

  private static boolean isFound(RecordedProduct product) throws IOException {
    byte[] texts = SharedStores.texts(ResultSamples.of(product)).getBytes();
    return new TextSearch(ROOT).isIn(new ByteArrayInputStream(texts), () -> false);
  }
}
