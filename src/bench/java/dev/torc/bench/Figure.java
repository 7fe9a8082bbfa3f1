package dev.torc.bench;

import java.util.function.ToLongFunction;

/** A number of a {@link Usage} and how people read it. */
enum Figure {
  WALL("time", "ms", 1e6, Usage::wall),
  CPU("CPU time", "ms", 1e6, Usage::cpu),
  PEAK("peak memory", "MiB", 1 << 20, Usage::peak);

  private final String text;
  private final String unitName;
  private final double unit;
  private final ToLongFunction<Usage> of;

  Figure(String text, String unitName, double unit, ToLongFunction<Usage> of) {
    this.text = text;
    this.unitName = unitName;
    this.unit = unit;
    this.of = of;
  }

  String text() {
    return text;
  }

  /** Such as ms. */
  String unitName() {
    return unitName;
  }

  /** How much one unit is, as {@link #of} counts. */
  double unit() {
    return unit;
  }

  ToLongFunction<Usage> of() {
    return of;
  }
}
