package dev.torc.store;

import dev.torc.cache.StoredValue;
import dev.torc.hash.Digest;
import java.util.List;

/** Shared results that tests send, fetch and spoil. */
final class SharedSamples {

  static final Digest KEY = Digest.ofText("a key");

  private SharedSamples() {}

  /** A product of these bytes. */
  static SharedProduct file(String path, String bytes) {
    return SharedProduct.file(path, Digest.ofText(bytes), bytes.getBytes().length);
  }

  /** A result with nothing but products. */
  static SharedResult of(SharedProduct... products) {
    return of(KEY, products);
  }

  /** The same under a key. */
  static SharedResult of(Digest key, SharedProduct... products) {
    return new SharedResult(
        key,
        "work",
        List.of(products),
        null,
        List.of(),
        List.of(),
        null,
        "build",
        "host",
        1_700_000_000_000_000_000L,
        5_000_000_000L,
        List.of(),
        List.of(),
        null);
  }

  /** A result with some of everything. */
  static SharedResult whole() {
    SharedProduct program = SharedProduct.file("out/run", Digest.ofText("run").executable(), 3);
    return new SharedResult(
        KEY,
        "train/lr=0.1,seed=3",
        List.of(
            SharedProduct.folder(
                "out/folder é",
                Digest.ofText("the folder's"),
                List.of(
                    SharedProduct.inner("a"),
                    file("a-b", ""),
                    file("a/one", "1"),
                    SharedProduct.link("a/two", "../a-b"),
                    SharedProduct.inner("empty"))),
            SharedProduct.link("out/link", "run"),
            program),
        file("out/run.d", "run: run.c"),
        List.of(new StoredValue("loss", "0.25"), new StoredValue("text", "two\nlines")),
        List.of("/usr/include/stdio.h", "../shared/a.h", "run.h").stream().sorted().toList(),
        new SharedBlob(Digest.ofText("all it wrote"), 12),
        "9f1c",
        "node7",
        -1,
        Long.MAX_VALUE,
        List.of("gcc /usr/bin/gcc 4711 1"),
        List.of("command gcc run.c", "need run.c 3f2a91c"),
        "/home/me/project");
  }
}
