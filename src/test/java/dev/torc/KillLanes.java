package dev.torc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several tries side by side, each with a project of its own, since most of it is waiting. */
final class KillLanes {

  private static final int LANES = 3;

  private KillLanes() {}

  /** Calls it again and again in each lane, until it was false there; what one throws is thrown. */
  static void whileTrue(Callable<Boolean> kills) throws Exception {
    try (ExecutorService lanes = Executors.newFixedThreadPool(LANES)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < LANES; i++) {
        all.add(
            lanes.submit(
                () -> {
                  boolean killed = true;
                  while (killed) {
                    killed = kills.call();
                  }
                  return null;
                }));
      }
      try {
        for (Future<?> each : all) {
          each.get();
        }
      } finally {
        lanes.shutdownNow();
      }
    }
  }
}
