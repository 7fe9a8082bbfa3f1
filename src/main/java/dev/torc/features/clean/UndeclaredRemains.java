package dev.torc.features.clean;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.core.decide.NeedMembers;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.memory.RecordedProduct.OwnedPath.Whose;
import dev.torc.core.memory.StartMark;
import dev.torc.core.model.Graph;
import java.io.IOException;
import java.util.List;

/**
 * Records what a killed run left in the places of its products, as far as no job declares them
 * anymore: it is a leftover then (rule 13), which rule 15 sets aside. What a job still declares has
 * no record.
 */
public record UndeclaredRemains(Graph graph, StartMark mark, long build, DigestMemo digests) {

  public static Batch of(Graph graph, StartMark mark, long build, DigestMemo digests) {
    Batch batch = new Batch();
    try {
      new UndeclaredRemains(graph, mark, build, digests).add(batch);
    } catch (IOException e) {
      return new Batch(); // an unreadable file has no owner
    }
    return batch;
  }

  private void add(Batch batch) throws IOException {
    List<Glob> excludes =
        mark.products().stream()
            .filter(text -> text.startsWith("!"))
            .map(text -> Glob.of(text.substring(1)))
            .toList();
    for (String text : mark.products()) {
      String path = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
      if (text.startsWith("!")) {
        continue;
      } else if (digests.linkStamp(path).exists()) {
        add(path, batch);
      } else if (text.matches(".*[*?\\[{].*")) {
        for (String file :
            GlobWalk.files(digests.root(), Glob.of(text), excludes, digests.stop())) {
          add(file, batch);
        }
      }
    }
  }

  private void add(String path, Batch batch) throws IOException {
    if (graph.makerAt(path) >= 0) {
      return;
    }
    FileKind kind = digests.linkStamp(path).kind();
    Digest digest = kind == FileKind.OTHER ? null : digests.digestNow(path, kind);
    if (kind == FileKind.FOLDER) {
      FolderDigest folder = digests.folder(path, false);
      NeedMembers.lists(List.of(folder)).forEach(batch::list);
    }
    if (digest != null) {
      batch.own(new OwnedPath(path, kind, digest, mark.job(), Whose.KILLED, null, build));
    }
  }
}
