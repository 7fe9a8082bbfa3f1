package dev.torc.core.run;

import java.util.List;

/** Where an attempt runs ({@code node} is null for this machine) and the numbers of its GPUs. */
record Taken(String node, List<Integer> gpus) {}
