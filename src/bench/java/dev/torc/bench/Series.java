package dev.torc.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/** The runs of one tool in one case, round by round. */
final class Series {

  private final List<Usage> rounds = new ArrayList<>();

  void add(Usage usage) {
    rounds.add(usage);
  }

  int size() {
    return rounds.size();
  }

  /** The median of a figure; for an even number of runs, the mean of the middle two. */
  double median(ToLongFunction<Usage> figure) {
    return median(rounds.stream().mapToDouble(figure::applyAsLong).sorted().toArray());
  }

  /** The median of the quotients: this tool's figure divided by the peer's, round by round. */
  double ratio(Series peer, ToLongFunction<Usage> figure) {
    double[] quotients = new double[Math.min(size(), peer.size())];
    for (int i = 0; i < quotients.length; i++) {
      quotients[i] =
          (double) figure.applyAsLong(rounds.get(i))
              / Math.max(1, figure.applyAsLong(peer.rounds.get(i)));
    }
    Arrays.sort(quotients);
    return median(quotients);
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
