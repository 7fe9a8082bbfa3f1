package dev.torc.features.remarks;

import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.text.Refusal;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.ProductIndex;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** Finds needed globs and folders that cannot be listed: in a build, their readers fail. */
final class UnlistedNeeds implements Remark {

  private final Set<Integer> seen = new HashSet<>();

  @Override
  public Due due() {
    return Due.DRY;
  }

  @Override
  public void of(RemarkedJob of) {
    for (int id : of.graph().listNeeds().row(of.id())) {
      NeedList list = of.graph().list(id);
      if (!list.ofJobs() && seen.add(id)) {
        Glob glob = list.glob() == null ? ProductIndex.inside(list.text()) : list.glob();
        try {
          GlobWalk.find(of.graph().workflow().root(), glob, list.excludes());
        } catch (IOException e) {
          String line = "need " + list.written() + " cannot be read: " + Refusal.line(e);
          of.job().needRefs().stream()
              .filter(ref -> ref.text().equals(list.written()))
              .forEach(ref -> of.say("unlisted", ref.place(), line));
        }
      }
    }
  }
}
