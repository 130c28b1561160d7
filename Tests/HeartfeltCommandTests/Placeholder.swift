// Tests of HeartfeltCommand.
