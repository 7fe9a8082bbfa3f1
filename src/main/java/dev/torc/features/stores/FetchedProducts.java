package dev.torc.features.stores;

import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.PlainFile;
import dev.torc.core.memory.ProductTarget;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.features.stores.Result.ResultParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A fetched result. Its blobs are in a temporary folder until its products are placed. It does not
 * decide whether they may be placed.
 */
final class FetchedProducts implements ResultParts {

  private static final int READ = 0444;

  private final Result result;
  private final Path folder;
  private final Map<String, RecordedProduct> places = new HashMap<>();
  private final Map<Blob, Long> uses; // how many files of the result have each blob

  FetchedProducts(Result result, Path folder) {
    this.result = result;
    this.folder = folder;
    if (result.depfile() != null) {
      places.put(result.depfile().path(), result.depfile());
    }
    result.products().forEach(product -> places.put(product.path(), product));
    this.uses =
        Stream.concat(result.allFiles().stream(), Stream.ofNullable(result.outputs().log()))
            .collect(Collectors.groupingBy(Blob::of, Collectors.counting()));
  }

  @Override
  public synchronized void place(OwnedPath part, ProductTarget to) throws IOException {
    RecordedProduct product = places.get(part.path());
    Path fresh = folder.resolve("product"); // made here, then placed as a whole
    if (product.stands() == Stamp.FileKind.FOLDER) {
      Files.createDirectory(fresh);
      for (RecordedProduct member : product.members()) {
        make(member, fresh.resolve(member.path()));
      }
    } else {
      make(product, fresh);
    }
    LocalFiles.touch(fresh);
    to.put(fresh);
    FileTree.remove(fresh); // still there if it was copied
  }

  private void make(RecordedProduct entry, Path to) throws IOException {
    if (entry.kind() == Stamp.FileKind.FOLDER) {
      Files.createDirectory(to);
      return;
    }
    if (entry.isLink()) {
      Files.createSymbolicLink(to, Path.of(entry.link()));
      return;
    }
    Blob blob = Blob.of(entry);
    if (uses.get(blob) > 1) {
      FileTree.copy(folder.resolve(blob.name()), to);
    } else {
      Files.move(folder.resolve(blob.name()), to);
    }
    if (entry.digest().isExecutable()) {
      int mode = (int) Files.getAttribute(to, "unix:mode");
      Files.setAttribute(to, "unix:mode", mode | (mode & READ) >> 2); // executable where readable
    }
  }

  @Override
  public boolean giveBack(OwnedPath part, FolderHandle at, Path name, boolean sound) {
    return false;
  }

  @Override
  public byte[] text(OwnedPath part) throws IOException {
    Blob log = Blob.of(result.outputs().log());
    return PlainFile.read(folder.resolve(log.name()), Math.toIntExact(log.size()));
  }

  @Override
  public void done() {
    try {
      FileTree.remove(folder);
    } catch (IOException e) {
      return; // it is removed with the folder above it
    }
  }
}
