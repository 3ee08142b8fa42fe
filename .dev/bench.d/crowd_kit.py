"""Prints the CPU seconds of crowd-kit's Dawid and Skene on a file of item, person and class."""

import sys
import time

import pandas
from crowdkit.aggregation import DawidSkene

answers = pandas.read_csv(sys.argv[1], names=["task", "worker", "label"])
start = time.process_time()
DawidSkene(n_iter=100).fit_predict(answers)
print(time.process_time() - start)
