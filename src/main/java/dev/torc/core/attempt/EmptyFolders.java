package dev.torc.core.attempt;

import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.Io;
import dev.torc.base.syntax.Paths;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Fails a run that left a produced folder without files and something new beside it (rule 7): the
 * command likely lacks a slash, or writes into another folder. A remark tells the folders that stay
 * empty without such a trace.
 *
 * @param needs what the job read; files that it needs are not new
 * @param in the folder in which it ran instead of the root; null for the root
 * @param alone whether no other job ran meanwhile; else only names that continue the folder's count
 */
record EmptyFolders(Graph graph, int id, NeedSnapshot needs, JobRoot in, boolean alone) {

  /** Returns whether a run of the job is asked, so that it takes a stamp at its start. */
  static boolean mayBe(Job job) {
    return job.productRefs().stream()
        .anyMatch(ref -> ref instanceof Ref.OfFolder && !ref.optional());
  }

  /** Throws an {@link AttemptFailure} if something new stands beside an empty folder. */
  void refuse(ProductScan products, Stamp begin) throws IOException {
    List<String> empty = products.emptyFolders();
    for (Ref ref : graph.job(id).productRefs()) {
      if (ref instanceof Ref.OfFolder folder && !ref.optional() && empty.contains(folder.path())) {
        List<String> beside = beside(folder.path(), begin);
        if (!beside.isEmpty()) {
          throw new AttemptFailure(
              "exit 0, but %s/ has no files (new beside it: %s); write into %1$s/, or {file: %1$s/, optional: true} in produces"
                  .formatted(SafeText.name(folder.path()), SafeText.names(beside, 2)),
              folder.path());
        }
      }
    }
  }

  /** Returns the names that are new in the folder that holds a product. */
  private List<String> beside(String product, Stamp begin) throws IOException {
    Path root = graph.workflow().root();
    Path parent = root.resolve(product).getParent();
    String own = product.substring(product.lastIndexOf('/') + 1);
    List<String> found = new ArrayList<>();
    Path there = in == null ? parent : in.of(parent);
    for (Path entry : FileTree.entries(there).stream().sorted().toList()) {
      String name = entry.getFileName().toString();
      Path place = parent.resolve(name);
      String path = Paths.named(root, place);
      boolean known =
          name.startsWith(".")
              || !alone && in == null && !name.startsWith(own)
              || FolderDigest.IGNORED.contains(name)
              || graph.makerOf(path) >= 0
              || graph.makesBelow(path)
              || graph.fileId(path) >= 0
              || needs.declares(path)
              || path.equals(graph.job(id).depfile());
      if (!known && Io.or(() -> isNew(entry, begin), false)) {
        found.add(name);
      }
    }
    return found;
  }

  private static boolean isNew(Path entry, Stamp begin) throws IOException {
    BasicFileAttributes its =
        Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    FileTime time = its.isDirectory() ? its.creationTime() : its.lastModifiedTime();
    return time.to(TimeUnit.NANOSECONDS) >= begin.ctime();
  }
}
