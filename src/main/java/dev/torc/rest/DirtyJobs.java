package dev.torc.rest;

import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.Stamp;
import dev.torc.plan.Footprint;
import dev.torc.plan.PlanContext;
import dev.torc.plan.ToolSearch;
import dev.torc.records.JobResult;
import dev.torc.records.RecordedProduct;
import dev.torc.rest.WatchSnapshot.SeenList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Names the files of jobs that a build does not leave at rest: each file whose change may matter to
 * them. What came to their globs and folders after the build had looked is left out, so that it is
 * news. {@link RestCollector} puts the files down.
 *
 * @param members tells what came late
 * @param build the id of the build, which is over
 * @param listed what was found of lists by now
 */
record DirtyJobs(
    PlanContext context,
    DigestMemo digests,
    RestMembers members,
    String build,
    Map<SeenList, List<String>> listed) {

  DirtyJobs(PlanContext context, DigestMemo digests, RestMembers members, String build) {
    this(context, digests, members, build, new HashMap<>());
  }

  /** Whether a job ran in this build. */
  private boolean ran(int id) {
    JobResult result = context.records().result(id);
    return result != null && build.equals(result.build());
  }

  /** Whether a needed file moved while a job ran in this build. */
  boolean movedUnder(int id, String path) {
    return ran(id) && context.records().result(id).moved().contains(path);
  }

  /** The files of a job, beside its named needs and products. */
  List<String> files(int id) {
    Footprint footprint = context.footprint(id);
    List<String> files = new ArrayList<>(footprint.files());
    ToolSearch search = context.contents().machine().tools();
    footprint.tools().stream().map(search::path).filter(Objects::nonNull).forEach(files::add);
    List<SeenList> lists = SeenList.needed(context.graph(), id);
    JobResult result = context.records().result(id);
    for (RecordedProduct made : result == null ? List.<RecordedProduct>of() : result.products()) {
      files.add(made.path());
      if (made.kind() == Stamp.FileKind.FOLDER) {
        lists.add(SeenList.made(made.path()));
      }
    }
    boolean looked = ran(id) || context.records().isSettled(id);
    Path root = digests.root();
    for (SeenList list : lists) {
      for (String name : listed.computeIfAbsent(list, each -> each.walk(root).names())) {
        boolean known = last(name) != null && !members.isLate(name);
        if (!looked || known || !SeenList.isFile(root, name)) {
          files.add(name);
        }
      }
    }
    return files;
  }

  /** What the build saw at a path, or, by way of a link in a folder, where that leads. */
  KnownDigest last(String path) {
    KnownDigest last = digests.last(path);
    Path root = digests.root();
    if (last == null) {
      try {
        Path real = root.resolve(path).toRealPath();
        return digests.last((real.startsWith(root) ? root.relativize(real) : real).toString());
      } catch (IOException e) {
        return null; // nothing is there, or it cannot be looked at
      }
    }
    return last;
  }
}
