package dev.torc.core.queue;

import java.util.List;

/** Where an attempt runs ({@code node} is null for this machine) and the numbers of its GPUs. */
public record Taken(String node, List<Integer> gpus) {}
