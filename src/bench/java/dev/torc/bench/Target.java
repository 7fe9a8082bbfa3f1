package dev.torc.bench;

import java.util.Optional;

/**
 * What torc is meant to reach in a case, as the issue and the design set it: a bound for one number
 * of a {@link Result}.
 */
sealed interface Target {

  /** The bound in words. */
  String text();

  /** The number that was measured; empty if it is missing, as without the peer. */
  Optional<Double> measured(Result result);

  /** The largest number that meets the target. */
  double most();

  /** A number as the report shows it. */
  default String shown(double value) {
    return "%.2f".formatted(value);
  }

  /** One figure, torc's divided by a peer's, round by round; torc as one of its two tools. */
  record Ratio(String torc, String peer, Figure figure, double most) implements Target {

    /** A ratio of torc without its server. */
    Ratio(String peer, Figure figure, double most) {
      this(Tool.TORC.program(), peer, figure, most);
    }

    @Override
    public String text() {
      String served = torc.equals(Tool.TORC.program()) ? "" : "served, ";
      return "%s%s ≤ %.2f of %s".formatted(served, figure.text(), most, peer);
    }

    @Override
    public Optional<Double> measured(Result result) {
      return result
          .series(peer)
          .flatMap(p -> result.series(torc).map(series -> series.ratio(p, figure.of())));
    }
  }

  /** The median of one of torc's figures. */
  record Bound(Figure figure, double most) implements Target {
    @Override
    public String text() {
      return "%s ≤ %s".formatted(figure.text(), shown(most));
    }

    @Override
    public Optional<Double> measured(Result result) {
      return result.series("torc").map(torc -> torc.median(figure.of()) / figure.unit());
    }

    @Override
    public String shown(double value) {
      return "%.0f %s".formatted(value, figure.unitName());
    }
  }

  /** How many more jobs torc runs than a peer: it has to be negative. */
  record FewerJobs(String peer) implements Target {
    @Override
    public String text() {
      return "fewer jobs than " + peer;
    }

    @Override
    public Optional<Double> measured(Result result) {
      return Optional.ofNullable(result.jobs().get(peer))
          .map(jobs -> (double) result.jobs().get("torc") - jobs);
    }

    @Override
    public double most() {
      return -1;
    }

    @Override
    public String shown(double value) {
      return "%.0f fewer".formatted(-value);
    }
  }

  /** torc's own CPU time for each job, without the jobs' CPU time, in milliseconds. */
  record PerJob(int jobs, double most) implements Target {
    @Override
    public String text() {
      return "torc's own CPU time per job ≤ %.2f ms".formatted(most);
    }

    @Override
    public Optional<Double> measured(Result result) {
      return result.series("torc").map(torc -> torc.median(Usage::own) / 1e6 / jobs);
    }

    @Override
    public String shown(double value) {
      return "%.2f ms".formatted(value);
    }
  }

  /** A number of the case as a whole, such as bytes read. */
  record Extra(String key, double most) implements Target {
    @Override
    public String text() {
      return "%s ≤ %s".formatted(key, shown(most));
    }

    @Override
    public Optional<Double> measured(Result result) {
      return result.extra(key);
    }

    @Override
    public String shown(double value) {
      return "%.0f".formatted(value);
    }
  }
}
