package dev.torc.session;

import dev.torc.cache.Cache;
import dev.torc.report.VerifyAnswer;
import dev.torc.results.KeptResults;
import dev.torc.results.Result;
import dev.torc.results.StoreCheck;
import dev.torc.results.StoreContents;
import dev.torc.results.StoreContents.Held;
import dev.torc.workflow.Stores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks whether what the local store has is what was stored. Results of which something is wrong or
 * missing are taken out; what cannot be read stays, since others may be able to.
 *
 * @param dry whether they are told, and stay
 * @param lock how it takes the build lock
 */
public record VerifyRequest(boolean dry, LockTerms lock) {

  /**
   * Reads all of it; null where another build is at work and it may not wait.
   *
   * @param say takes a line where it has to wait, or may not
   * @param warn takes other lines for people
   */
  public VerifyAnswer run(
      Caller caller, ProjectFolder folder, Consumer<String> say, Consumer<String> warn)
      throws IOException {
    StoreUpkeep upkeep = new StoreUpkeep(caller, folder.withoutResults(), say, warn);
    return upkeep.run(dry, lock, "torc store --verify", cache -> verify(upkeep, cache));
  }

  private VerifyAnswer verify(StoreUpkeep upkeep, Cache cache) throws IOException {
    StoreContents contents = StoreContents.of(cache);
    StoreCheck check =
        new StoreCheck(cache.place(), contents, upkeep.caller().stamps(upkeep.folder().place()));
    List<VerifyAnswer.Faulty> told = new ArrayList<>();
    List<Result> gone = new ArrayList<>();
    for (Held each : contents.results()) {
      boolean goes = false;
      for (StoreCheck.Faulty faulty : check.faults(each, upkeep.isLost(each))) {
        StoreCheck.Fault fault = faulty.fault();
        goes |= fault != StoreCheck.Fault.UNREADABLE;
        told.add(told(faulty));
      }
      if (goes) {
        gone.add(each.result());
      }
    }
    if (!dry && !gone.isEmpty()) {
      KeptResults kept = new KeptResults(cache, Stores.UNSAID, false);
      kept.forget(gone);
      kept.end();
    }
    return new VerifyAnswer(dry, check.checked(), check.bytes(), told, gone.size());
  }

  private static VerifyAnswer.Faulty told(StoreCheck.Faulty faulty) {
    Result of = faulty.of().result();
    VerifyAnswer.Fault fault =
        switch (faulty.fault()) {
          case WRONG -> VerifyAnswer.Fault.WRONG;
          case MISSING -> VerifyAnswer.Fault.MISSING;
          case UNREADABLE -> VerifyAnswer.Fault.UNREADABLE;
        };
    return new VerifyAnswer.Faulty(of.job(), of.origin(), faulty.path(), fault, faulty.why());
  }
}
