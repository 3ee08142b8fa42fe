-- Fills `task.packed_items` of the tasks that were there before the column. A migration of its own:
-- while it writes, tasks can be read, as they could not under the lock that added the column.
select pack_items(array(select task_id from task where packed_items = '' and item_count > 0));
