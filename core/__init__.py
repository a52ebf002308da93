"""What every room stands on: money and rounding, periods, the queue, the trail, documents."""
