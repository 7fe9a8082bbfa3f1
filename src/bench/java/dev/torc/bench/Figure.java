package dev.torc.bench;

import java.util.function.ToLongFunction;

/** A number of a {@link Usage}, and the unit in which the report shows it. */
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

  /** The unit's name, such as ms. */
  String unitName() {
    return unitName;
  }

  /** The number that one unit is in the terms of {@link #of}: 1e6 (nanoseconds) for ms. */
  double unit() {
    return unit;
  }

  ToLongFunction<Usage> of() {
    return of;
  }
}
